import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Whether this host knows a way to an address at all. */
export type AskRoute = (address: string) => Promise<'routed' | 'no_route'>

/** Any will do: nothing is sent to it. */
const PORT = 9

const NO_ROUTE: ReadonlySet<unknown> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])

/** Connecting a UDP socket sends nothing: the kernel looks a route up, and that is all. */
export const askRoute: AskRoute = (address) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    const end = (error?: Error) => {
      const code = error !== undefined && 'code' in error ? error.code : null
      resolve(NO_ROUTE.has(code) ? 'no_route' : 'routed')
      socket.close()
    }
    socket.once('error', end)
    socket.connect(PORT, address, () => end())
  })
