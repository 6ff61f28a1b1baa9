import { sql } from 'kysely'
import type { Trx } from './connect.ts'
import type { LoadedColumn } from './loaded-columns.ts'
import {
  isWithin,
  matchedRows,
  type PlacedReason,
  type Range,
  type Refusals,
  rangesOf,
  settled,
} from './waiting-rows.ts'

/** What a constraint over several columns refuses, in words for whoever wrote the file. */
const contradictions = [
  {
    reason: 'json_path and body_regex exclude each other',
    when: sql`json_path is not null and body_regex is not null`,
  },
  {
    reason: 'expected_value needs a json_path or a body_regex',
    when: sql`expected_value is not null and kind <> 'dns' and json_path is null and body_regex is null`,
  },
  {
    reason: 'value_operator needs an expected_value',
    when: sql`value_operator not in ('==', 'exists') and expected_value is null`,
  },
  {
    reason: 'value_operator exists takes no expected_value',
    when: sql`value_operator = 'exists' and expected_value is not null`,
  },
  {
    reason: 'value_operator exists needs a json_path or a body_regex',
    when: sql`value_operator = 'exists' and kind <> 'dns' and json_path is null and body_regex is null`,
  },
  {
    reason: 'body needs a method that carries one, such as POST',
    when: sql`body is not null and kind = 'http' and method in ('GET', 'HEAD')`,
  },
  {
    reason: 'body is for http and tcp alone',
    when: sql`body is not null and kind not in ('http', 'tcp')`,
  },
  {
    reason: 'basic_auth_user and basic_auth_password_secret need each other',
    when: sql`(basic_auth_user is null) <> (basic_auth_password_secret is null)`,
  },
  {
    reason: 'basic_auth_user and bearer_token_secret exclude each other',
    when: sql`basic_auth_user is not null and bearer_token_secret is not null`,
  },
  {
    reason: 'tls_client_cert_file and tls_client_key_file need each other',
    when: sql`(tls_client_cert_file is null) <> (tls_client_key_file is null)`,
  },
  {
    reason: 'body_bytes_min must not be above body_bytes_max',
    when: sql`body_bytes_min > body_bytes_max`,
  },
  {
    reason: 'published needs a name or a public_name',
    when: sql`published and name is null and public_name is null`,
  },
  { reason: 'sla_is_failure needs an sla_ms', when: sql`sla_is_failure and sla_ms is null` },
  {
    reason: 'heartbeat_max_age_s is for heartbeats alone',
    when: sql`heartbeat_max_age_s is not null and kind <> 'heartbeat'`,
  },
] as const

const judgedColumns = [
  'kind',
  'method',
  'body',
  'json_path',
  'body_regex',
  'value_operator',
  'expected_value',
  'basic_auth_user',
  'basic_auth_password_secret',
  'bearer_token_secret',
  'tls_client_cert_file',
  'tls_client_key_file',
  'body_bytes_min',
  'body_bytes_max',
  'sla_ms',
  'sla_is_failure',
  'heartbeat_max_age_s',
  'name',
  'published',
  'public_name',
] as const satisfies readonly LoadedColumn[]

/** Said of a row that was fine by itself. */
export const IN_THE_DATABASE = ' (see what the site has in the database)'

/** All rows whose columns do not go together, and all new sites that are in doubt; the first `limit` of them by name. */
export async function contradictoryRows(
  trx: Trx,
  rowCount: number,
  limit: number,
): Promise<Refusals> {
  const shown: PlacedReason[] = []
  let count = 0
  for (const range of rangesOf(rowCount)) {
    const found = await contradictionsIn(trx, range)
    shown.push(...found.slice(0, limit - shown.length))
    count += found.length
  }
  return { count, shown }
}

/** Rows of a range whose columns do not go together, seen with what the site in the database has already. */
async function contradictionsIn(trx: Trx, range: Range): Promise<readonly PlacedReason[]> {
  const cases = contradictions.map(({ reason, when }) => sql`when ${when} then ${sql.lit(reason)}`)
  const asTheyWillBe = judgedColumns.map((column) => sql`${settled(column)} as ${sql.ref(column)}`)
  const { rows } = await sql<PlacedReason>`
    select place, reason from (
      select position, place,
        case ${sql.join(cases, sql` `)} when not is_there then doubt end
          || case when is_there then ${sql.lit(IN_THE_DATABASE)} else '' end as reason
      from (
        select i.position, i.place, i.doubt, c.id is not null as is_there, ${sql.join(asTheyWillBe)}
        from ${matchedRows} where ${isWithin(range)}) as site) as judged
    where reason is not null order by position`.execute(trx)
  return rows
}
