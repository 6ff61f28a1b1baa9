import type { PickedSite } from '#db/picked-sites.ts'
import { plainLine } from '#shared/domain/plain-line.ts'

export type Switched = {
  readonly done: 'paused' | 'resumed' | 'removed'
  readonly changed: readonly PickedSite[]
  /** Also those that were so already. */
  readonly all: readonly PickedSite[]
  readonly isRehearsal: boolean
}

const SHOWN_MAX = 20
const TITLE_MAX = 100

/** What was done to sites, or would be; ends with a line break. Pure. */
export function switchedText({ done, changed, all, isRehearsal }: Switched): string {
  const lines = changed
    .slice(0, SHOWN_MAX)
    .map(({ id, title }) => `  ${id}  ${plainLine(title, TITLE_MAX)}`)
  const hidden = changed.length - lines.length
  const rest = all.length - changed.length
  return [
    `${isRehearsal ? 'would be ' : ''}${done}: ${counted(changed.length)}`,
    ...lines,
    ...(hidden > 0 ? [`  ... and ${hidden} more`] : []),
    ...(rest > 0 ? [`${done} already: ${counted(rest)}`] : []),
    '',
  ].join('\n')
}

/** Described in docs/cli.md. Pure. */
export function switchedJson({ done, changed, all, isRehearsal }: Switched): string {
  const outcome = isRehearsal ? `would_be_${done}` : done
  const sites = changed.map(({ id, title }) => ({ id, title }))
  return `${JSON.stringify({ outcome, sites, unchanged: all.length - changed.length })}\n`
}

function counted(count: number): string {
  return count === 1 ? '1 site' : `${count} sites`
}
