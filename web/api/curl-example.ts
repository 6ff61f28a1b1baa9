import { API_PREFIX, type Operation } from './operation.ts'

/** An operation as one types it, the key in `UPTICK_KEY`. Pure. */
export function curlExample(operation: Operation, origin: string): string {
  const { method, scope, example, body } = operation
  const address = `${origin}${API_PREFIX}${example}`
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${/[?&]/.test(address) ? `'${address}'` : address}`,
    ...(scope === 'anyone' ? [] : ['-H "Authorization: Bearer $UPTICK_KEY"']),
    ...(method === 'PATCH' ? [`-H 'If-Match: "1780315200000000"'`] : []),
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: ${body.type}'`, `-d '${JSON.stringify(body.example)}'`]),
  ]
  return lines.join(' \\\n  ')
}
