import type { Socket } from 'node:net'

/** Takes over a connection once its request has come, as text. */
export type Behaviour = (socket: Socket, request: string) => void

/** What a server does for each path that it knows. */
export type Behaviours = Readonly<Record<string, Behaviour>>

type Fields = Readonly<Record<string, string | number>>

/** A whole and honest answer, after which the connection ends. */
export function answer(status: number, body: string | Buffer, headers: Fields = {}): Behaviour {
  const bytes = Buffer.from(body)
  return (socket) => {
    socket.write(head(status, { 'content-length': bytes.length, ...headers }))
    socket.end(bytes)
  }
}

function head(status: number, headers: Fields): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Some Words\r\n${lines.join('')}\r\n`
}

/** These bytes, whatever they mean, and then the end of the connection. */
export function raw(text: string): Behaviour {
  return (socket) => socket.end(text, 'latin1')
}

/** These bytes, and then nothing: the connection stays open. */
export function held(text: string): Behaviour {
  return after(text, () => undefined)
}

/** These bytes, and then a RST once they are on their way. */
export function cut(text: string): Behaviour {
  return after(text, (socket) => void setImmediate(() => socket.resetAndDestroy()))
}

/** These bytes, and then the text once more at each step of 20 ms. */
export function drip(first: string, text: string): Behaviour {
  return after(first, (socket) => {
    const timer = setInterval(() => socket.write(text), 20)
    socket.once('close', () => clearInterval(timer))
  })
}

/** These bytes, and then the chunk as fast as it is read, without end. */
export function flood(first: string, chunk: string): Behaviour {
  const bytes = Buffer.from(chunk.repeat(Math.ceil(65_536 / chunk.length)), 'latin1')
  return after(first, (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(bytes));
    }
    socket.on('drain', pour)
    pour()
  })
}

function after(first: string, next: Behaviour): Behaviour {
  return (socket, request) => socket.write(first, 'latin1', () => next(socket, request))
}

/** What follows the path: `/redirect?http://...` asks to be sent there. */
export function queryOf(request: string): string {
  const query = request.split(' ', 2)[1]?.split('?').slice(1).join('?') ?? ''
  return decodeURIComponent(query)
}

/** The value of one field of the request, or ''. */
export function fieldOf(request: string, name: string): string {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(request)?.[1]?.trim() ?? ''
}
