/** What honest uptime is counted from: tables as Kysely sees them. */

/** The rule of a site from one instant on and before another; null: until now. */
export type SiteConfigHistoryTable = {
  site_id: number
  from_at: Date
  to_at: Date | null
  seconds: number
  watched: boolean
  url: string
  tags: string[]
  failure_threshold: number
  recovery_threshold: number
  slo_target: number | null
  sla_ms: number | null
  config: Record<string, unknown>
}
