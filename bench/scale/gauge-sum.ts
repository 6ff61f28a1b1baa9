/**
 * The sum of a series over a text of /metrics; with `labels` only of those lines that have this text
 * in their braces. Null when no line has it. Pure.
 */
export function gaugeSum(text: string, name: string, labels = ''): number | null {
  const values = text.split('\n').flatMap((line) => {
    const [, found, braces = '', value] = /^(\w+)(?:\{([^}]*)\})? (\S+)/.exec(line) ?? []
    return found === name && braces.includes(labels) ? [Number(value)] : []
  })
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}
