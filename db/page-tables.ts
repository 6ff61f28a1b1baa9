import type { Generated, GeneratedAlways } from 'kysely'

/** What is said about incidents, and who may use the API: tables as Kysely sees them. */

export type IncidentStatus = 'investigating' | 'identified' | 'monitoring' | 'resolved'

export type IncidentsTable = {
  id: GeneratedAlways<number>
  slug: Generated<string>
  title: string
  status: Generated<IncidentStatus>
  resolved_at: Date | null
  site_ids: Generated<number[]>
  tags: Generated<string[]>
  created_at: Generated<Date>
}

export type IncidentUpdatesTable = {
  id: GeneratedAlways<number>
  incident_id: number
  posted_at: Generated<Date>
  status: IncidentStatus
  body: string
}

export type ApiKeysTable = {
  id: GeneratedAlways<number>
  name: string
  prefix: string
  hash: Buffer
  scopes: string[]
  created_at: Generated<Date>
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}
