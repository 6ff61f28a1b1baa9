import { createServer } from 'node:http'
import type { Server } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { mailApi } from './mail-http.ts'
import { type MailStore, openMailStore } from './mail-store.ts'

const MAX_MESSAGE_BYTES = 10 * 1024 * 1024
const MAX_CLIENTS = 100
const SOCKET_TIMEOUT_MS = 60_000
const CLOSE_TIMEOUT_MS = 2_000
const HOST = '127.0.0.1'

export type MailCatcherOptions = {
  readonly folder: string
  /** 0: any free one. */
  readonly smtpPort: number
  readonly httpPort: number
}

export type MailCatcher = {
  readonly smtpUrl: string
  readonly apiUrl: string
  stop(): Promise<void>
}

/**
 * A mail server on loopback that delivers nothing and shows all: takes any login, any recipient,
 * and answers 250 only when the message is on the disk.
 */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const store = await openMailStore(options.folder)
  const smtp = openSmtp(store)
  const http = createServer(mailApi(store))
  await listen(smtp.server, options.smtpPort, (port) => smtp.listen(port, HOST))
  await listen(http, options.httpPort, (port) => http.listen(port, HOST))
  return {
    smtpUrl: `smtp://${HOST}:${portOf(smtp.server)}`,
    apiUrl: `http://${HOST}:${portOf(http)}`,
    async stop() {
      http.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => http.close(() => resolve())),
      ])
    },
  }
}

function openSmtp(store: MailStore): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onData: (stream, session, done) => {
      receive(store, stream, session).then(
        () => done(),
        (error: Error & { responseCode?: number }) => done(error),
      )
    },
    size: MAX_MESSAGE_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    disableReverseLookup: true,
  })
  // A client that breaks off is its own trouble; without a listener it would end the process.
  server.on('error', (error) => console.error(`mail: ${error.message}`))
  return server
}

async function receive(
  store: MailStore,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    // What is over the limit must be read all the same, or the client never hears our answer.
    if (!stream.sizeExceeded) chunks.push(chunk)
  }
  if (stream.sizeExceeded)
    throw Object.assign(new Error('message too large'), { responseCode: 552 })
  const { mailFrom, rcptTo } = session.envelope
  await store.save(Buffer.concat(chunks), {
    sender: mailFrom === false ? '' : mailFrom.address,
    recipients: rcptTo.map(({ address }) => address),
  })
}

async function listen(server: Server, port: number, start: (port: number) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', resolve)
    start(port)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port')
  return address.port
}
