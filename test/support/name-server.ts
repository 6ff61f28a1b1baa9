import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

/** What the name server says of a name, or of all below it (`*.example.test`), for each type of question. */
export type Zone = Readonly<Record<string, { readonly A?: Reply; readonly AAAA?: Reply }>>

/** Addresses as bytes, an error code of DNS, or no reply at all. */
type Reply = readonly (readonly number[])[] | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' | 'silence'

export type NameServer = {
  readonly address: string
  /** The names asked for, in order. */
  readonly names: readonly string[]
  stop(): Promise<void>
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' }
const CODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const

/** A name server on loopback that knows one small zone; a name that is not in it does not exist. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4')
  const names: string[] = []
  socket.on('message', (query, from) => {
    names.push(readQuestion(query).name)
    reply(socket, zone, query, from)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    names,
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function reply(socket: Socket, zone: Zone, query: Buffer, from: RemoteInfo): void {
  const { name, type, question } = readQuestion(query)
  const known = zone[name] ?? zone[`*${name.slice(name.indexOf('.'))}`]
  const said = known === undefined ? 'NXDOMAIN' : (known[TYPES[type] ?? 'A'] ?? [])
  if (said === 'silence') return
  const addresses = typeof said === 'string' ? [] : said
  const code = typeof said === 'string' ? CODES[said] : 0
  const header = Buffer.from([0, 0, 0x81, 0x80 | code, 0, 1, 0, addresses.length, 0, 0, 0, 0])
  query.copy(header, 0, 0, 2)
  const records = addresses.map((bytes) =>
    Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]),
  )
  socket.send(Buffer.concat([header, question, ...records]), from.port, from.address)
}

function readQuestion(query: Buffer): {
  readonly name: string
  readonly type: number
  readonly question: Buffer
} {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1),
    question: query.subarray(12, at + 5),
  }
}
