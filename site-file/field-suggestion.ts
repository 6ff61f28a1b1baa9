import { suggestion } from '#shared/domain/nearest-name.ts'

/** What other monitors call it, where it is not the same word in other letters, nor the same unit. */
const otherWords: Readonly<Record<string, string>> = {
  interval: 'cadence',
  timeout: 'timeout_ms',
  type: 'kind',
  keyword: 'body_contains',
  group: 'tags',
  maxretries: 'failure_threshold',
  'failure-threshold': 'failure_threshold',
  'success-threshold': 'recovery_threshold',
}

/** `: did you mean X?` of a field that nobody knows, or nothing. */
export function fieldSuggestion(name: string, fields: readonly string[]): string {
  const meant = Object.hasOwn(otherWords, name) ? otherWords[name] : undefined
  if (meant === undefined || !fields.includes(meant)) return suggestion(name, fields)
  return `: did you mean ${meant}?`
}
