import type { Failure } from '#shared/domain/failure.ts'

const sentences: Readonly<Record<Failure, string>> = {
  dns: 'Its name could not be resolved to an address (DNS).',
  refused: 'Its server refused the connection.',
  unreachable: 'Its server could not be reached over the network.',
  connect_timeout: 'Its server did not accept a connection in time.',
  timeout: 'It did not answer in time.',
  tls_cert: 'Its TLS certificate is not valid.',
  tls_handshake: 'No secure connection (TLS) could be made.',
  reset: 'The connection broke before the answer was complete.',
  protocol: 'What it answered is not valid HTTP.',
  status: 'It answered with a status code that is not an expected one.',
  body: 'Its answer does not contain what is expected.',
  redirect: 'It redirects in a way that cannot be followed.',
  too_large: 'Its answer is larger than what is read.',
  blocked: 'Its address is one that may not be watched from here.',
}

/** What failed, for people who do not know our words. */
export function failureSentence(failure: Failure): string {
  return sentences[failure]
}
