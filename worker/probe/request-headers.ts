export type HeaderFields = readonly (readonly [name: string, value: string])[]

/** The default headers, each unless the site sets it, then the site's: name, value, name, value. */
export function requestHeaders(
  defaults: HeaderFields,
  own: Readonly<Record<string, string>>,
): string[] {
  const names = Object.keys(own)
  if (names.length === 0) return defaults.flat()
  const set = new Set(names.map((name) => name.toLowerCase()))
  const kept = defaults.filter(([name]) => !set.has(name))
  return [...kept.flat(), ...Object.entries(own).flat()]
}
