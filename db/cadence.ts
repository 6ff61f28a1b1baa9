import type { Db } from './connect.ts'

export type Cadence = { readonly name: string; readonly seconds: number }

export async function allCadences(db: Db): Promise<readonly Cadence[]> {
  return db.selectFrom('cadence').select(['name', 'seconds']).execute()
}
