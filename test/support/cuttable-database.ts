import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { connect, type Db } from '#db/connect.ts'

export type CuttableDatabase = {
  readonly db: Db
  /** Breaks all connections and lets none through. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** A way to a database that can be cut. */
export async function openCuttableDatabase(url: string): Promise<CuttableDatabase> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  const proxy = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const server = connectSocket(Number(port), hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  const connectionString = Object.assign(new URL(url), { host: `127.0.0.1:${own}` }).href
  const db = connect({ connectionString, applicationName: 'cut', maxConnections: 4 }, () => null)
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  const mend = () => {
    isCut = false
  }
  return {
    db,
    cut,
    mend,
    async close() {
      await db.destroy()
      cut()
      proxy.close()
    },
  }
}
