import { expect, test } from 'vitest'
import { contradictionsIn } from './contradictions.ts'
import { FieldReader } from './field-reader.ts'
import { readSiteValues } from './read-site-values.ts'

const page = 'https://example.test/'

function reasonsOf(fields: Readonly<Record<string, string>>): readonly string[] {
  const read = new FieldReader('cells', new Map(Object.entries({ url: page, ...fields })))
  const values = readSiteValues(read, new Set(['5m']))
  expect(read.problems).toEqual([])
  return contradictionsIn(values)
}

test.each([
  ['a URL alone', {}, []],
  ['a path that is compared', { json_path: 'a', expected_value: '1' }, []],
  ['a record that is compared', { url: 'dns:example.test', expected_value: '127.0.0.1' }, []],
  ['a body that is posted', { method: 'POST', body: 'a' }, []],
  ['a body for a port', { url: 'tcp://127.0.0.1:1', body: 'a' }, []],
  ['bounds that are equal', { body_bytes_min: '5', body_bytes_max: '5' }, []],
  [
    'a path and a regex',
    { json_path: 'a', body_regex: 'a' },
    ['json_path and body_regex exclude each other'],
  ],
  [
    'a value from nowhere',
    { expected_value: '1' },
    ['expected_value needs a json_path or a body_regex'],
  ],
  [
    'an operator without its other side',
    { json_path: 'a', value_operator: '<' },
    ['value_operator needs an expected_value'],
  ],
  [
    'exists, with a value',
    { json_path: 'a', value_operator: 'exists', expected_value: '1' },
    ['value_operator exists takes no expected_value'],
  ],
  [
    'exists, of nothing',
    { value_operator: 'exists' },
    ['value_operator exists needs a json_path or a body_regex'],
  ],
  [
    'a body that is only fetched',
    { body: 'a' },
    ['body needs a method that carries one, such as POST'],
  ],
  [
    'a body for a name server',
    { url: 'dns:example.test', body: 'a' },
    ['body is for http and tcp alone'],
  ],
  [
    'a user without a password',
    { basic_auth_user: 'u' },
    ['basic_auth_user and basic_auth_password_secret need each other'],
  ],
  [
    'two credentials',
    { basic_auth_user: 'u', basic_auth_password_secret: 'p', bearer_token_secret: 't' },
    ['basic_auth_user and bearer_token_secret exclude each other'],
  ],
  [
    'a key without a certificate',
    { tls_client_key_file: 'k' },
    ['tls_client_cert_file and tls_client_key_file need each other'],
  ],
  [
    'bounds that cross',
    { body_bytes_min: '6', body_bytes_max: '5' },
    ['body_bytes_min must not be above body_bytes_max'],
  ],
  [
    'a site on the page without a name',
    { published: 'true' },
    ['published needs a name or a public_name'],
  ],
  ['a failure by no limit', { sla_is_failure: 'true' }, ['sla_is_failure needs an sla_ms']],
])('%s', (_, fields, reasons) => {
  expect(reasonsOf(fields)).toEqual(reasons)
})
