import type { ChosenSite } from '#db/choose-sites.ts'
import { humanDuration } from '#shared/domain/duration.ts'

/** Seconds as people say them: `12m`, `under 1s`; `none` of nothing. Pure. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return 'n/a'
  if (seconds <= 0) return 'none'
  return seconds < 1 ? 'under 1s' : humanDuration(seconds * 1_000)
}

/** `0.8 ms`, `12 ms`, `1.25 s`. Pure. */
export function msText(ms: number | null): string {
  if (ms === null) return 'n/a'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`
}

/** `1 site`, `2 sites`. Pure. */
export function countText(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
}

/** What every row for programs begins with. */
export const siteColumns = ['site_id', 'site_name', 'url', 'tags'] as const

export function siteRecord({ siteId, name, url, tags }: ChosenSite) {
  return { site_id: siteId, site_name: name, url, tags }
}

/** The same in the cells of a spreadsheet. */
export function siteCells({ siteId, name, url, tags }: ChosenSite): readonly (string | number)[] {
  return [siteId, name, url, tags.join(',')]
}

/** The text of an instant, for programs. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString()
}

/** The values of a record in the cells of a spreadsheet. Pure. */
export function plainCells(
  record: Readonly<Record<string, string | number | boolean | null>>,
): readonly (string | number | null)[] {
  return Object.values(record).map((value) => (typeof value === 'boolean' ? String(value) : value))
}
