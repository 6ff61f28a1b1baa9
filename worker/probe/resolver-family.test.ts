import { createSocket, type Socket } from 'node:dgram'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NameServer, startNameServer } from '../../test/support/name-server.ts'
import { type Resolve, systemResolver } from './resolver.ts'

const V4 = [127, 0, 0, 9]
const V6 = [...Array<number>(15).fill(0), 1]
const AAAA = 28
/** Longer than IPv6 is waited for when IPv4 will do. */
const SLOW_MS = 300

let server: NameServer
let slow: Socket
let resolve: Resolve

beforeAll(async () => {
  server = await startNameServer({ 'slow.example.test': { A: [V4], AAAA: [V6] } })
  slow = await startSlowRelay(server)
  const { address, port } = slow.address()
  const nowhere = { hostsPath: '/nonexistent', resolvConfPath: '/nonexistent' }
  resolve = systemResolver({ servers: [`${address}:${port}`], ...nowhere })
})
afterAll(async () => {
  slow.close()
  await server.stop()
})

/** Passes questions on, and is late with what is asked of IPv6. */
async function startSlowRelay({ address }: NameServer): Promise<Socket> {
  const [host = '', port] = address.split(':')
  const relay = createSocket('udp4')
  relay.on('message', (query, from) => {
    const upstream = createSocket('udp4')
    const isSlow = query.includes(Buffer.from([0, AAAA, 0, 1]))
    upstream.once('message', (reply) => {
      upstream.close()
      setTimeout(() => relay.send(reply, from.port, from.address), isSlow ? SLOW_MS : 0)
    })
    upstream.send(query, Number(port), host)
  })
  await new Promise<void>((done) => relay.bind(0, '127.0.0.1', done))
  return relay
}

test('slow answers of IPv6 are not waited for when IPv4 will do', async () => {
  expect(await resolve('slow.example.test')).toEqual(['127.0.0.9'])
  expect(await resolve('slow.example.test', 'ipv4')).toEqual(['127.0.0.9'])
})

test('they are when IPv6 alone is asked for', async () => {
  expect(await resolve('slow.example.test', 'ipv6')).toEqual(['127.0.0.9', '::1'])
})
