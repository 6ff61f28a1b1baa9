import { type FleetCursor, type FleetFilter, type FleetState, fleetStates } from '#db/fleet.ts'
import { checkKinds } from '#shared/domain/check.ts'

export type FleetQuery = { readonly filter: FleetFilter; readonly after: FleetCursor | null }

const SEARCH_CHARACTERS_MAX = 200
const WORDS_MAX = 8

/**
 * What the address of the overview asks for. What is not understood is left out: an old link shows more
 * than it meant, and the page says what it is filtered by.
 */
export function readFleetQuery(params: URLSearchParams): FleetQuery {
  const state = fleetStates.find((known) => known === params.get('state')) ?? null
  const kind = checkKinds.find((known) => known === params.get('kind')) ?? null
  const words = wordsOf(params.get('q') ?? '')
  const filter = { words, tag: params.get('tag') || null, kind, state }
  return { filter, after: readCursor(params.get('after') ?? '') }
}

function wordsOf(search: string): string[] {
  const plain = search.slice(0, SEARCH_CHARACTERS_MAX).replaceAll('\u0000', '').toWellFormed()
  return plain
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX)
}

/** The address of the overview with this filter; the shortest that says it. */
export function fleetUrl(filter: FleetFilter, after: FleetCursor | null = null): string {
  const params = new URLSearchParams()
  if (filter.words.length > 0) params.set('q', filter.words.join(' '))
  if (filter.state !== null) params.set('state', filter.state)
  if (filter.tag !== null) params.set('tag', filter.tag)
  if (filter.kind !== null) params.set('kind', filter.kind)
  if (after !== null) params.set('after', `${after.rank}_${after.sinceMs}_${after.id}`)
  const query = params.toString()
  return query === '' ? '/dashboard' : `/dashboard?${query}`
}

function readCursor(text: string): FleetCursor | null {
  const match = /^([1-9])_(\d{1,16}(?:\.\d{1,6})?)_(\d{1,15})$/.exec(text)
  if (match === null) return null
  const [rank = 0, sinceMs = 0, id = 0] = match.slice(1).map(Number)
  return { rank, sinceMs, id }
}

export const stateWords: Readonly<Record<FleetState, string>> = {
  down: 'Down',
  invalid: 'Invalid',
  failing: 'Failing',
  unknown: 'Unknown',
  up: 'Up',
  paused: 'Paused',
}

/** The class of a state: the colours that all pages share. */
export const stateClasses: Readonly<Record<FleetState, string>> = {
  down: 'down',
  invalid: 'down',
  failing: 'partly',
  unknown: 'unknown',
  up: 'up',
  paused: 'paused',
}

/** Of the others it is not said since when: what was seen before is no word on them. */
export function isObserved(state: FleetState): boolean {
  return state === 'up' || state === 'down' || state === 'failing'
}
