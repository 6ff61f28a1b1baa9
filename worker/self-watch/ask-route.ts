import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

/** Whether this host knows a way to an address at all. `unasked`: it has no socket left to ask with. */
export type AskRoute = (address: string) => Promise<'routed' | 'no_route' | 'unasked'>

/** Any will do: nothing is sent to it. */
const PORT = 9

const NO_ROUTE: ReadonlySet<unknown> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])

/** Connecting a UDP socket sends nothing: the kernel looks a route up, and that is all. */
export const askRoute: AskRoute = async (address) => {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  const error = await new Promise<Error | undefined>((resolve) => {
    const end = (error?: Error) => resolve(error)
    // Node tells of an error while it binds by the event, and of one while it connects by the callback.
    socket.once('error', end)
    socket.connect(PORT, address, end)
  })
  socket.close()
  if (error === undefined) return 'routed'
  return 'code' in error && NO_ROUTE.has(error.code) ? 'no_route' : 'unasked'
}
