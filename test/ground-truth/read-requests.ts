import type { Socket } from 'node:net'

/** More than any head of ours. */
const HEAD_CHARS_MAX = 16 * 1_024
const END = '\r\n\r\n'

/**
 * Reads the head of one request from each connection. A parser would cost more than all the rest:
 * nearly every head comes whole in one packet, and then it is that packet.
 */
export function readRequests(
  onRequest: (socket: Socket, head: string) => void,
): (socket: Socket) => void {
  const begun = new WeakMap<Socket, string>()
  function onData(this: Socket, bytes: Buffer): void {
    const text = (begun.get(this) ?? '') + bytes.toString('latin1')
    if (text.endsWith(END) || text.includes(END)) {
      onRequest(this, text)
      if (!this.destroyed) this.off('data', onData).resume()
    } else if (text.length > HEAD_CHARS_MAX) {
      this.destroy()
    } else {
      begun.set(this, text)
    }
  }
  return (socket) => {
    socket.on('error', ignore)
    socket.on('data', onData)
  }
}

/** Probes break off as they like. */
function ignore(): void {}
