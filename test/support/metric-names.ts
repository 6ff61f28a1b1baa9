/** Words of PromQL that stand where a metric could. */
const keywords = new Set([
  ...['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'atan2'],
  ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'],
])

/**
 * The metrics that an expression of PromQL asks for: what is left of its names without texts, matchers
 * of labels, ranges, lists of labels, functions and keywords.
 */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, ' ')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  const names = [...bare.matchAll(/(?<![\w$.:])[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)]
  return [...new Set(names.map(([name]) => name))].filter(
    (name) => !keywords.has(name.toLowerCase()),
  )
}

/** The metrics that a text in Prometheus' format has at least one sample of. */
export function metricsIn(exposition: string): ReadonlySet<string> {
  const lines = exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Set(lines.map((line) => /^[\w:]+/.exec(line)?.[0] ?? line))
}
