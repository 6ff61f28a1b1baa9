import type { Difference } from '#db/load-site-config.ts'
import type { LoadOutcome } from '../../site-file/load-sites.ts'

const VALUE_SHOWN_MAX = 60

/** What a load came to, in lines for a person. `file` is its name. Pure. */
export function reportText(outcome: LoadOutcome, file: string): string {
  if (outcome.outcome === 'refused') return refusedText(outcome, file)
  const { inserted, updated, unchanged } = outcome
  const counts = `${inserted} inserted, ${updated} updated, ${unchanged} unchanged`
  if (outcome.outcome === 'loaded') {
    return `${sites(inserted + updated + unchanged)} loaded from ${file}: ${counts}`
  }
  const hidden = inserted + updated - outcome.differences.length
  return [
    ...outcome.differences.flatMap(differenceLines),
    ...(hidden > 0 ? [`... and ${hidden} more`] : []),
    `= ${unchanged} unchanged`,
    `Nothing was written (a dry run). Without that: ${counts}.`,
  ].join('\n')
}

function refusedText(
  { problems, count }: Extract<LoadOutcome, { outcome: 'refused' }>,
  file: string,
): string {
  const hidden = count - problems.length
  return [
    `${file}: nothing was loaded, ${count === 1 ? 'there is a problem' : `there are ${count} problems`}:`,
    ...problems.map(({ place, reason }) => `  ${place}: ${reason}`),
    ...(hidden > 0 ? [`  ... and ${hidden} more`] : []),
  ].join('\n')
}

function differenceLines({ site, changes }: Difference): string[] {
  // What a site is called is free text: JSON keeps it on its line and harmless to the terminal.
  if (changes.length === 0) return [`+ ${JSON.stringify(site)}`]
  return [
    `~ ${JSON.stringify(site)}`,
    ...changes.map(
      (change) =>
        `    ${change.column}: ${shown(change.column, change.old)} -> ${shown(change.column, change.new)}`,
    ),
  ]
}

/** Headers and bodies may hold secrets: names and lengths must do. */
function shown(column: string, value: unknown): string {
  if (column === 'headers' && typeof value === 'object' && value !== null) {
    return `{${Object.keys(value)
      .map((name) => `${JSON.stringify(name)}: ***`)
      .join(', ')}}`
  }
  if (column === 'body' && typeof value === 'string') return `*** (${value.length} characters)`
  const text = JSON.stringify(value) ?? 'null'
  return text.length > VALUE_SHOWN_MAX ? `${text.slice(0, VALUE_SHOWN_MAX)}...` : text
}

function sites(count: number): string {
  return count === 1 ? '1 site' : `${count} sites`
}
