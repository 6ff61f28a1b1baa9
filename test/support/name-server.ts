import { createSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'

/** What the name server says of a name, or of all below it (`*.example.test`), for each type of question. */
export type Zone = Readonly<Record<string, Readonly<Partial<Record<RecordName, Reply>>>>>

type RecordName = (typeof TYPES)[keyof typeof TYPES]

/** The data of each record as bytes. */
type Records = readonly (readonly number[])[]

/**
 * Records, an error code of DNS, no reply at all, bytes that are no answer, or records that are too
 * many for a datagram: it says so, and gives them over TCP.
 */
type Reply = Records | keyof typeof CODES | 'silence' | 'junk' | { readonly overTcp: Records }

export type NameServer = {
  readonly address: string
  /** The names asked for, in order. */
  readonly names: readonly string[]
  stop(): Promise<void>
}

const TYPES = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  257: 'CAA',
} as const
const CODES = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const TRUNCATED = 0x02

/** A name server on loopback that knows one small zone; a name that is not in it does not exist. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const names: string[] = []
  const tcp = createServer((socket) => serveTcp(socket, zone))
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const udp = createSocket('udp4')
  udp.on('message', (query, from) => {
    names.push(readQuestion(query).name)
    const reply = replyTo(zone, query, 'udp')
    if (reply !== null) udp.send(reply, from.port, from.address)
  })
  await new Promise<void>((resolve) => udp.bind(portOf(tcp), '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${portOf(tcp)}`,
    names,
    async stop() {
      await new Promise<void>((resolve) => udp.close(resolve))
      await new Promise((resolve) => tcp.close(resolve))
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Over TCP each message comes after its length; one question is one segment here. */
function serveTcp(socket: Socket, zone: Zone): void {
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    const reply = replyTo(zone, bytes.subarray(2), 'tcp')
    if (reply === null) return
    const length = Buffer.alloc(2)
    length.writeUInt16BE(reply.length)
    socket.write(Buffer.concat([length, reply]))
  })
}

function replyTo(zone: Zone, query: Buffer, transport: 'udp' | 'tcp'): Buffer | null {
  const { name, type, question } = readQuestion(query)
  const known = zone[name] ?? zone[`*${name.slice(name.indexOf('.'))}`]
  const said = known === undefined ? 'NXDOMAIN' : (known[recordName(type)] ?? [])
  if (said === 'silence') return null
  if (said === 'junk') return Buffer.concat([query.subarray(0, 2), Buffer.alloc(40, 0xc0)])
  if (typeof said === 'string') return message(query, question, CODES[said], [])
  if ('overTcp' in said && transport === 'udp') return message(query, question, 0, [], TRUNCATED)
  const records = 'overTcp' in said ? said.overTcp : said
  return message(query, question, 0, records.map(recordOf(type)))
}

function message(
  query: Buffer,
  question: Buffer,
  code: number,
  records: readonly Buffer[],
  flags = 0,
): Buffer {
  const header = Buffer.from([0, 0, 0x81 | flags, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0])
  query.copy(header, 0, 0, 2)
  return Buffer.concat([header, question, ...records])
}

/** Of the name that was asked for, by a pointer to the question. */
function recordOf(type: number): (data: readonly number[]) => Buffer {
  return (data) => {
    const start = [0xc0, 12, type >> 8, type & 0xff, 0, 1, 0, 0, 0, 0]
    return Buffer.from([...start, data.length >> 8, data.length & 0xff, ...data])
  }
}

function recordName(type: number): RecordName {
  return TYPES[type as keyof typeof TYPES] ?? 'A'
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
