import { Client } from 'pg'

export type ListenSettings = {
  /** Of Postgres itself: a pooler that lends connections out by the transaction hears nothing. */
  readonly connectionString: string
  readonly applicationName: string
  readonly channel: string
  /** Something was said, or may have been while nobody listened: no word is promised for each. */
  readonly onNotified: () => void
  /** The connection is lost or was refused; another one is tried. */
  readonly onTrouble: (error: unknown) => void
  /** From a loss to the next attempt; 2 s by default. */
  readonly retryMs?: number
}

export type Listener = { start(): void; stop(): Promise<void> }

const CONNECT_TIMEOUT_MS = 5_000
const RETRY_MS = 2_000
/** A half-open connection is asked for before it would say something by itself. */
const KEEP_ALIVE_AFTER_MS = 10_000

/** Listens on a channel of Postgres by a connection of its own, for as long as it runs. */
export function listen(settings: ListenSettings): Listener {
  let client: Client | null = null
  let retry: NodeJS.Timeout | null = null
  let isWanted = false

  const lose = (lost: Client, error: unknown) => {
    if (client !== lost) return
    client = null
    void lost.end().catch(() => undefined)
    if (!isWanted) return
    settings.onTrouble(error)
    retry = setTimeout(open, settings.retryMs ?? RETRY_MS)
  }
  const open = () => {
    retry = null
    const opening = newClient(settings)
    client = opening
    opening.on('notification', settings.onNotified)
    opening.on('error', (error) => lose(opening, error))
    opening.on('end', () => lose(opening, new Error('the connection was closed')))
    beginToListen(opening, settings).catch((error: unknown) => lose(opening, error))
  }
  return {
    start() {
      if (isWanted) return
      isWanted = true
      open()
    },
    async stop() {
      isWanted = false
      if (retry !== null) clearTimeout(retry)
      retry = null
      const closing = client
      client = null
      await closing?.end().catch(() => undefined)
    },
  }
}

function newClient({ connectionString, applicationName }: ListenSettings): Client {
  return new Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  })
}

async function beginToListen(client: Client, settings: ListenSettings): Promise<void> {
  await client.connect()
  await client.query(`listen ${client.escapeIdentifier(settings.channel)}`)
  // What was said before is not said again.
  settings.onNotified()
}
