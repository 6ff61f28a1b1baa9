import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'
import { type Day, dayShape, daysText, dayText } from './day-bars.ts'

/** A day is 10 wide; a dash of 8 and a gap of 2 make bars of one line. `status.css` says the same. */
const DAY_WIDTH = 10
const HEIGHT = 40
/** Height of a day by how much of it was observed, and of its foot by how much of that it was down. */
const OBSERVED_HEIGHTS = [0, 10, 20, 30, 40] as const
const DOWN_HEIGHTS = [0, 6, 12, 20, 40] as const

type Piece = { readonly look: string; readonly height: number }
type Run<T> = { readonly of: T; readonly start: number; readonly length: number }

/**
 * Days as bars. Equal neighbours are one line with gaps, so that 200 sites of 90 days are a light
 * page. What the days say is in `data-days` for the script, and in titles where something happened.
 */
export function bars(days: readonly Day[]): Markup {
  const first = days[0]
  if (first === undefined) return html``
  const texts = days.map(dayText)
  const runs = runsOf(texts, (text) => text).map(({ of, length }) => [length, of])
  return html`<svg class="bars" viewBox="${viewBox(days.length)}" preserveAspectRatio="none" role="img" aria-label="${daysText(days)}" data-first="${first.day}" data-days="${JSON.stringify(runs)}">${lines(days)}${titles(days, texts)}</svg>`
}

/** One bar beside its explanation. */
export function barSample(day: Day): Markup {
  return html`<svg class="bars sample" viewBox="${viewBox(1)}" aria-hidden="true">${lines([day])}</svg>`
}

const viewBox = (days: number) => `0 0 ${days * DAY_WIDTH} ${HEIGHT}`

/** A line for each look there is, from the back to the front. */
function lines(days: readonly Day[]): Markup[] {
  const layers = [
    days.map(backPiece),
    days.map(observedPiece),
    days.map(gapPiece),
    days.map(downPiece),
  ]
  return layers.flatMap((pieces) => {
    const runs = runsOf(pieces, (piece) => (piece === null ? '' : `${piece.look} ${piece.height}`))
    const byKey = Map.groupBy(
      runs.filter(({ of }) => of !== null),
      ({ of }) => `${of?.look} h${of?.height}`,
    )
    return [...byKey].map(([key, same]) => {
      const path = same
        .map(
          ({ of, start, length }) =>
            `M${start * DAY_WIDTH} ${HEIGHT - (of?.height ?? 0) / 2}h${length * DAY_WIDTH}`,
        )
        .join('')
      return html`<path class="${key}" d="${path}"/>`
    })
  })
}

const backPiece = (day: Day): Piece | null =>
  dayShape(day).observed === 4 ? null : { look: 'none', height: HEIGHT }

function observedPiece(day: Day): Piece | null {
  const { observed, down } = dayShape(day)
  if (observed === 0 || down === 4) return null
  return { look: down > 0 ? 'partly' : 'up', height: OBSERVED_HEIGHTS[observed] }
}

/** A little of the ground between the foot and what is above it: it can be told apart without colours. */
function gapPiece(day: Day): Piece | null {
  const piece = downPiece(day)
  return piece === null || dayShape(day).down === 4
    ? null
    : { look: 'gap', height: piece.height + 2 }
}

function downPiece(day: Day): Piece | null {
  const { observed, down } = dayShape(day)
  if (down === 0) return null
  return { look: 'down', height: Math.min(DOWN_HEIGHTS[down], OBSERVED_HEIGHTS[observed]) }
}

/** For pointers, where there is no script: only days of which there is something to say. */
function titles(days: readonly Day[], texts: readonly string[]): Markup[] {
  return days.flatMap((day, index) => {
    const { observed, down } = dayShape(day)
    if (down === 0 && (observed === 0 || observed === 4)) return []
    return [
      html`<path class="hit" d="M${index * DAY_WIDTH} ${HEIGHT / 2}h${DAY_WIDTH}"><title>${day.day}: ${texts[index] ?? ''}</title></path>`,
    ]
  })
}

function runsOf<T>(items: readonly T[], key: (item: T) => string): Run<T>[] {
  const runs: { of: T; start: number; length: number }[] = []
  for (const [index, item] of items.entries()) {
    const last = runs.at(-1)
    if (last !== undefined && key(last.of) === key(item)) last.length++
    else runs.push({ of: item, start: index, length: 1 })
  }
  return runs
}
