import type { SiteValues } from '#db/loaded-columns.ts'

/**
 * What does not go together, although each value is fine by itself: the constraints of the table, in
 * the words of `db/contradictory-rows.ts`, for a site that no database sees. Pure.
 */
export function contradictionsIn(site: SiteValues): readonly string[] {
  return rules.filter(({ when }) => when(site)).map(({ reason }) => reason)
}

type Contradiction = { readonly reason: string; readonly when: (site: SiteValues) => boolean }

const rules: readonly Contradiction[] = [
  {
    reason: 'json_path and body_regex exclude each other',
    when: (site) => site.json_path !== null && site.body_regex !== null,
  },
  {
    reason: 'expected_value needs a json_path or a body_regex',
    when: (site) => site.expected_value !== null && !findsValue(site),
  },
  {
    reason: 'value_operator needs an expected_value',
    when: (site) => !['==', 'exists'].includes(site.value_operator) && site.expected_value === null,
  },
  {
    reason: 'value_operator exists takes no expected_value',
    when: (site) => site.value_operator === 'exists' && site.expected_value !== null,
  },
  {
    reason: 'value_operator exists needs a json_path or a body_regex',
    when: (site) => site.value_operator === 'exists' && !findsValue(site),
  },
  {
    reason: 'body needs a method that carries one, such as POST',
    when: ({ body, kind, method }) =>
      body !== null && kind === 'http' && ['GET', 'HEAD'].includes(method),
  },
  {
    reason: 'body is for http and tcp alone',
    when: ({ body, kind }) => body !== null && !['http', 'tcp'].includes(kind),
  },
  {
    reason: 'basic_auth_user and basic_auth_password_secret need each other',
    when: (site) => (site.basic_auth_user === null) !== (site.basic_auth_password_secret === null),
  },
  {
    reason: 'basic_auth_user and bearer_token_secret exclude each other',
    when: (site) => site.basic_auth_user !== null && site.bearer_token_secret !== null,
  },
  {
    reason: 'tls_client_cert_file and tls_client_key_file need each other',
    when: (site) => (site.tls_client_cert_file === null) !== (site.tls_client_key_file === null),
  },
  {
    reason: 'body_bytes_min must not be above body_bytes_max',
    when: ({ body_bytes_min: min, body_bytes_max: max }) =>
      min !== null && max !== null && min > max,
  },
  {
    reason: 'published needs a name or a public_name',
    when: (site) => site.published && site.name === null && site.public_name === null,
  },
  {
    reason: 'sla_is_failure needs an sla_ms',
    when: (site) => site.sla_is_failure && site.sla_ms === null,
  },
]

/** Of DNS, the records are the value. */
function findsValue({ kind, json_path, body_regex }: SiteValues): boolean {
  return kind === 'dns' || json_path !== null || body_regex !== null
}
