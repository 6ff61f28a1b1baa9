import { connect, type Db } from '#db/connect.ts'
import { openLink } from './link.ts'

export type CuttableDatabase = {
  readonly db: Db
  /** Breaks all connections and lets none through. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** A way to a database that can be cut. */
export async function openCuttableDatabase(url: string): Promise<CuttableDatabase> {
  const link = await openLink(Number(new URL(url).port))
  const connectionString = Object.assign(new URL(url), { host: `127.0.0.1:${link.port}` }).href
  const db = connect({ connectionString, applicationName: 'cut', maxConnections: 4 }, () => null)
  return {
    db,
    cut: () => link.disturb({ trouble: 'cut' }),
    mend: () => link.mend(),
    async close() {
      await db.destroy()
      await link.close()
    },
  }
}
