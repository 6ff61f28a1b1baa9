import type { Random } from '../fuzz/random.ts'

export type PoisonRecord = { readonly key: string | null; readonly value: Buffer | null }

type Spoil = (good: Readonly<Record<string, unknown>>, random: Random) => PoisonRecord

/** Above what a record may have; a batch of them is below what a broker takes. */
const TOO_LARGE_BYTES = 70_000

const keyed = (value: Buffer | null): PoisonRecord => ({ key: '1', value })
const text = (value: string): PoisonRecord => keyed(Buffer.from(value))
const changed = (good: object, change: object): PoisonRecord =>
  text(JSON.stringify({ ...good, ...change }))

/** Every way in which a record can be none that a worker made. None of them may become a row. */
const spoils: readonly Spoil[] = [
  () => keyed(null),
  () => keyed(Buffer.alloc(0)),
  (good, random) => {
    const whole = JSON.stringify(good)
    return text(whole.slice(0, 1 + random.below(whole.length - 1)))
  },
  (_, random) => keyed(random.bytes(1 + random.below(300))),
  () => keyed(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  () => text('[]'),
  () => text('null'),
  () => text('"statuses"'),
  () => text(`${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  (good) => changed(good, { v: 2 }),
  (good) => changed(good, { v: '1' }),
  (good) => changed(good, { site_id: 1.5 }),
  (good) => changed(good, { site_id: -1 }),
  (good) => changed(good, { site_id: '1; drop table sites' }),
  (good) => text(JSON.stringify({ ...good, site_id: 0 }).replace('"site_id":0', '"site_id":NaN')),
  (good) => text(JSON.stringify({ ...good, site_id: 0 }).replace('"site_id":0', '"site_id":1e400')),
  (good) => ({ key: '2', value: Buffer.from(JSON.stringify({ ...good, site_id: 1 })) }),
  (good) => changed(good, { slot: '2999-01-01T00:00:00.000Z' }),
  (good) => changed(good, { slot: '1970-01-01T00:00:00.000Z' }),
  (good) => changed(good, { slot: 'yesterday' }),
  (good) => changed(good, { result: 'sideways' }),
  (good) => changed(good, { result: 'down', failure: 'gremlins' }),
  (good) => changed(good, { result: 'up', failure: 'timeout' }),
  (good) => changed(good, { latency_ms: -5 }),
  (good) => changed(good, { status_code: 9_999 }),
  (good) => changed(good, { worker: null }),
  (good) => changed(good, { message: 'x'.repeat(TOO_LARGE_BYTES) }),
  ({ slot: _, ...good }) => changed(good, {}),
]

/** So many records that are spoilt, each in one of the ways, made from one good one of site 1. */
export function poisonRecords(random: Random, count: number, good: string): PoisonRecord[] {
  const fields: Readonly<Record<string, unknown>> = { ...JSON.parse(good), site_id: 1 }
  return Array.from({ length: count }, (_, index) => {
    const spoil = spoils[index % spoils.length]
    if (spoil === undefined) throw new Error('there are no ways')
    return spoil(fields, random)
  })
}
