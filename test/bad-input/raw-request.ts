import { connect } from 'node:net'

export type RawAnswer = {
  readonly status: number
  /** All of it: status line, headers and body. */
  readonly text: string
  /** Whether the server closed the connection. */
  readonly end: 'closed' | 'open'
}

const SETTLE_MS = 15_000

/**
 * Says exactly these bytes to a server on loopback, and hears until it has closed the connection, or
 * answered with as many bytes as it announced. `onDrain` says more for as long as it is heard.
 */
export function sayRaw(
  origin: string,
  bytes: string | Buffer,
  onDrain: () => string | Buffer | null = () => null,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    const patience = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer to the end: ${text.slice(0, 200)}`))
    }, SETTLE_MS)
    const settle = (end: RawAnswer['end']) => {
      clearTimeout(patience)
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text, end })
    }
    const pour = () => {
      for (let more = onDrain(); more !== null; more = onDrain()) if (!socket.write(more)) return
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (isWhole(text) && !/^connection: close$/im.test(text)) settle('open')
    })
    socket.on('drain', pour)
    socket.on('error', () => undefined)
    socket.once('close', () => settle('closed'))
    socket.write(bytes, pour)
  })
}

function isWhole(text: string): boolean {
  const [head = '', ...body] = text.split('\r\n\r\n')
  const length = /^content-length: (\d+)$/im.exec(head)?.[1]
  return length !== undefined && body.join('\r\n\r\n').length >= Number(length)
}
