import type { Random } from './random.ts'

/** How an answer says where its body ends, and the body in that form. */
export type Framed = {
  /** Lines of the head. */
  readonly fields: string
  readonly payload: Buffer
  /** Whether the end can be told without the connection's. */
  readonly isDelimited: boolean
  readonly isHonest: boolean
}

type Framing = (random: Random, body: Buffer) => Framed

export function frame(random: Random, body: Buffer): Framed {
  const framing = random.weigh<Framing>([
    [40, byLength],
    [25, byChunks],
    [10, byClose],
    [8, byWrongLength],
    [5, byOddLength],
    [10, byBrokenChunks],
    [2, byOddCoding],
  ])
  return framing(random, body)
}

function byLength(_: Random, body: Buffer): Framed {
  const fields = `content-length: ${body.length}\r\n`
  return { fields, payload: body, isDelimited: true, isHonest: true }
}

function byClose(_: Random, body: Buffer): Framed {
  return { fields: '', payload: body, isDelimited: false, isHonest: true }
}

function byChunks(random: Random, body: Buffer): Framed {
  const payload = Buffer.concat([...chunksOf(random, body), Buffer.from('0\r\n\r\n')])
  return { fields: 'transfer-encoding: chunked\r\n', payload, isDelimited: true, isHonest: true }
}

function byWrongLength(random: Random, body: Buffer): Framed {
  const length = Math.max(0, body.length + random.between(-50, 50))
  return {
    fields: `content-length: ${length}\r\n`,
    payload: body,
    isDelimited: false,
    isHonest: false,
  }
}

function byOddLength(random: Random, body: Buffer): Framed {
  const { length } = body
  const said = random.pick([
    '-1',
    '+2',
    '0x10',
    '1e3',
    '',
    ' ',
    'many',
    '1000000000000000000',
    '99999999999999999999',
    `${length}, ${length}`,
    `${length}\r\ncontent-length: ${length}`,
    `${length}\r\ncontent-length: ${length + 1}`,
    `${length}\r\ntransfer-encoding: chunked`,
    `000000000000000000000${length}`,
  ])
  return {
    fields: `content-length: ${said}\r\n`,
    payload: body,
    isDelimited: false,
    isHonest: false,
  }
}

function byBrokenChunks(random: Random, body: Buffer): Framed {
  const chunks = chunksOf(random, body)
  const broken = random.pick([
    'ffffffffffffffff\r\nabc',
    'fffffffffffffffff\r\nabc',
    '-1\r\na\r\n',
    'zz\r\n',
    '\r\n',
    '2\r\nabcdef\r\n',
    '5\r\nab',
    '5;a="\r\n',
    `1;${'a'.repeat(random.below(20_000))}\r\na\r\n`,
    '1\na\n',
    `0\r\nx-trailer: ${'a'.repeat(random.below(20_000))}\r\n\r\n`,
    '0\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n',
    '0\r\nbroken trailer\r\n\r\n',
    '0\r\n',
    '',
  ])
  const at = random.below(chunks.length + 1)
  const payload = [...chunks.slice(0, at), Buffer.from(broken), ...chunks.slice(at)]
  return {
    fields: 'transfer-encoding: chunked\r\n',
    payload: Buffer.concat(payload),
    isDelimited: false,
    isHonest: false,
  }
}

function byOddCoding(random: Random, body: Buffer): Framed {
  const coding = random.pick(['gzip', 'identity', 'chunked, gzip', 'chunked, chunked', 'x', ''])
  return {
    fields: `transfer-encoding: ${coding}\r\n`,
    payload: body,
    isDelimited: false,
    isHonest: false,
  }
}

function chunksOf(random: Random, body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const end = Math.min(body.length, at + random.between(1, Math.max(16, body.length)))
    const extension = random.percent(5) ? ';name=value' : ''
    const size = `${(end - at).toString(16)}${extension}\r\n`
    chunks.push(Buffer.from(size), body.subarray(at, end), Buffer.from('\r\n'))
    at = end
  }
  return chunks
}
