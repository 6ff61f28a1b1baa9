import { frame } from './framing.ts'
import { fuzzedBody } from './fuzzed-body.ts'
import { mutated } from './mutated.ts'
import type { Random } from './random.ts'

/** What one connection gets in reply to its request. */
export type ScriptedAnswer = {
  /** In this order, each a write of its own. */
  readonly writes: readonly Buffer[]
  /** Between two writes: nothing, a turn of the event loop, or 50 ms. */
  readonly pace: 'at_once' | 'in_turns' | 'drip'
  readonly ending: 'fin' | 'rst' | 'hold'
  /** `good`: nothing about it is a lie, and it says `{"status":"OK"}`; `honest`: the first alone. */
  readonly promise: 'good' | 'honest' | 'none'
}

type Line = { readonly text: string; readonly isHonest: boolean }

/** What is to be sent, and what must be so for its promise to hold. */
type Composed = {
  readonly bytes: Buffer
  readonly isHonest: boolean
  readonly isGood: boolean
  /** Whether its end is told by the connection's alone. */
  readonly endsByClose: boolean
}

/**
 * An answer after the grammar of HTTP/1.1, with lies at every place where it can lie. `next` is the
 * path that a redirect leads to: never to another host, so that no mutation can lead away from here.
 */
export function scriptAnswer(random: Random, next: string): ScriptedAnswer {
  if (random.percent(2)) return nothing(random)
  const composed = random.percent(4) ? composeRedirect(random, next) : compose(random)
  const pace = random.weigh<ScriptedAnswer['pace']>([
    [60, 'at_once'],
    [39, 'in_turns'],
    [1, 'drip'],
  ])
  const ending = random.weigh<ScriptedAnswer['ending']>([
    [75, 'fin'],
    [15, 'rst'],
    [10, 'hold'],
  ])
  const comesWhole = pace !== 'drip' && (composed.endsByClose ? ending === 'fin' : ending !== 'rst')
  const isKept = composed.isHonest && comesWhole
  const promise = isKept ? (composed.isGood ? 'good' : 'honest') : 'none'
  return { writes: split(random, composed.bytes, pace), pace, ending, promise }
}

function compose(random: Random): Composed {
  const before = interim(random)
  const status = statusLine(random)
  const fields = fieldLines(random)
  const body = fuzzedBody(random)
  const framed = frame(random, body.bytes)
  const behind = afterwards(random)
  const head = `${before.text}${status.text}\r\n${fields.text}${body.fields}${framed.fields}\r\n`
  const whole = Buffer.concat([Buffer.from(head, 'latin1'), framed.payload, behind])
  const isMutated = random.percent(15)
  const isAsSaid = framed.isDelimited || behind.length === 0
  const isHonest = [before, status, fields, framed].every((part) => part.isHonest)
  return {
    bytes: isMutated ? mutated(random, whole) : whole,
    isHonest: isHonest && isAsSaid && !isMutated,
    isGood: body.isGood,
    endsByClose: !framed.isDelimited,
  }
}

function composeRedirect(random: Random, next: string): Composed {
  const code = random.pick([301, 302, 303, 307, 308])
  const { text } = fieldLines(random)
  const framed = frame(random, fuzzedBody(random).bytes)
  const head = `HTTP/1.1 ${code} Elsewhere\r\nlocation: ${next}\r\n${text}${framed.fields}\r\n`
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), framed.payload])
  return { bytes, isHonest: false, isGood: false, endsByClose: !framed.isDelimited }
}

/** No answer at all, or none of HTTP. */
function nothing(random: Random): ScriptedAnswer {
  const writes = random.percent(50) ? [] : [random.bytes(random.between(1, 400))]
  const ending = random.pick<ScriptedAnswer['ending']>(['fin', 'rst', 'hold'])
  return { writes, pace: 'at_once', ending, promise: 'none' }
}

/** At most ten are passed over; here they are at most four, or far too many. */
function interim(random: Random): Line {
  if (random.percent(95)) return { text: '', isHonest: true }
  const line = random.pick([
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  ])
  const count = random.percent(80) ? random.between(1, 4) : random.between(11, 500)
  return { text: line.repeat(count), isHonest: false }
}

function statusLine(random: Random): Line {
  if (random.percent(80)) return { text: 'HTTP/1.1 200 OK', isHonest: true }
  const version = random.pick(['1.1', '1.0', '0.9', '2.0', '3', '9.9', '1.', '11', '', '-1.1'])
  const code = random.weigh([
    [3, String(random.between(100, 599))],
    [2, random.pick(['204', '304', '205', '206', '101', '302', '401', '407', '416', '421'])],
    [1, random.pick(['000', '99', '600', '999', '1000', '2OO', '', ' 200', '-200', '+200', '2e2'])],
  ])
  const words = random.pick([
    'OK',
    '',
    'a'.repeat(random.below(20_000)),
    '\x00',
    '\xff\xfe',
    'O\rK',
  ])
  return { text: `HTTP/${version} ${code} ${words}`, isHonest: false }
}

const PLAIN_FIELDS = [
  'server: fuzz\r\n',
  'date: Tue, 24 Nov 2026 00:00:00 GMT\r\n',
  'set-cookie: a=b; Path=/\r\n',
  'x-empty:\r\n',
  'vary: accept-encoding\r\n',
  'connection: close\r\n',
  'connection: keep-alive\r\n',
  'keep-alive: timeout=5\r\n',
] as const

const ODD_FIELDS = [
  'connection: upgrade\r\nupgrade: h2c\r\n',
  'keep-alive: timeout=99999999999999999999\r\n',
  'trailer: content-length\r\n',
  'x y: z\r\n',
  'x-a : z\r\n',
  ': nameless\r\n',
  'no colon\r\n',
  ' folded: first\r\n',
  'x-folded: a\r\n\tb\r\n',
  'x-nul: a\x00b\r\n',
  'x-return: a\rb\r\n',
  'x-feed: a\n',
  '__proto__: a\r\n',
  'constructor: a\r\n',
  '\xfc: a\r\n',
  'content-type: \r\n',
  '\r\n',
] as const

function fieldLines(random: Random): Line {
  const plain = Array.from({ length: random.below(6) }, () => random.pick(PLAIN_FIELDS)).join('')
  if (random.percent(80)) return { text: plain, isHonest: true }
  const odd = random.weigh([
    [8, random.pick(ODD_FIELDS)],
    [1, `x-long: ${'a'.repeat(random.below(40_000))}\r\n`],
    [1, 'x: a\r\n'.repeat(random.below(6_000))],
    [1, `${random.bytes(random.between(1, 60)).toString('latin1')}\r\n`],
  ])
  return { text: `${plain}${odd}`, isHonest: false }
}

/** What still comes behind an answer. */
function afterwards(random: Random): Buffer {
  if (random.percent(94)) return Buffer.alloc(0)
  const more = random.pick([
    'HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel',
    '\r\n\r\n',
  ])
  return random.percent(50) ? Buffer.from(more) : random.bytes(random.between(1, 200))
}

function split(random: Random, bytes: Buffer, pace: ScriptedAnswer['pace']): readonly Buffer[] {
  const cuts = pace === 'drip' ? 20 : pace === 'in_turns' ? random.below(8) : 0
  const places = Array.from({ length: cuts }, () => random.below(bytes.length + 1))
  const edges = [0, ...places.sort((one, other) => one - other), bytes.length]
  return edges.slice(1).map((end, at) => bytes.subarray(edges[at], end))
}
