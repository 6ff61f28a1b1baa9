import type { Random } from './random.ts'

type Mutation = (random: Random, bytes: Buffer, at: number) => Buffer

const overwrite: Mutation = (random, bytes, at) => {
  const copy = Buffer.from(bytes)
  copy[at] = random.below(256)
  return copy
}

const insert: Mutation = (random, bytes, at) =>
  Buffer.concat([bytes.subarray(0, at), random.bytes(random.between(1, 12)), bytes.subarray(at)])

const remove: Mutation = (random, bytes, at) =>
  Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.between(1, 40))])

const repeat: Mutation = (random, bytes, at) => {
  const piece = bytes.subarray(at, at + random.between(1, 40))
  const copies = Array<Buffer>(random.between(2, 200)).fill(piece)
  return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)])
}

const truncate: Mutation = (_random, bytes, at) => bytes.subarray(0, at)

/** The bytes with a few of them changed, most often near the beginning, where the head is. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let result = bytes
  for (let left = random.between(1, 4); left > 0 && result.length > 0; left--) {
    const mutation = random.pick<Mutation>([overwrite, insert, remove, repeat, truncate])
    const reach = random.percent(80) ? Math.min(result.length, 300) : result.length
    result = mutation(random, result, random.below(reach))
  }
  return result
}
