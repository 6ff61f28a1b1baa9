import { html } from 'hono/html'
import type { Markup } from '../page/layout.ts'
import { type Day, type DayShape, dayShape, daysText, dayText } from './day-bars.ts'

/** A day is 10 wide; a dash of 8 and a gap of 2 make bars of one line. `status.css` says the same. */
const DAY_WIDTH = 10
const HEIGHT = 40
/** Height of a day by how much of it was observed, and of its foot by how much of that it was down. */
const OBSERVED_HEIGHTS = [0, 10, 20, 30, 40] as const
const DOWN_HEIGHTS = [0, 6, 12, 20, 40] as const

/** A stroke of a day, from the foot up. */
type Piece = { readonly look: string; readonly height: number }
type Run<T> = { readonly of: T; readonly start: number; readonly length: number }

/**
 * Days as bars. Equal neighbours are one line with gaps, so that 200 sites of 90 days are a light
 * page. What the days say is in `data-days` for the script, and in titles where something happened.
 */
export function bars(days: readonly Day[]): Markup {
  const first = days[0]
  if (first === undefined) return html``
  const shapes = days.map(dayShape)
  const texts = days.map(dayText)
  const runs = runsOf(texts).map(({ of, length }) => [length, of])
  return html`<svg class="bars" viewBox="${viewBox(days.length)}" preserveAspectRatio="none" role="img" aria-label="${daysText(shapes)}" data-first="${first.day}" data-days="${JSON.stringify(runs)}">${lines(shapes)}${titles(days, shapes, texts)}</svg>`
}

/** One bar beside its explanation. */
export function barSample(day: Day): Markup {
  return html`<svg class="bars sample" viewBox="${viewBox(1)}" aria-hidden="true">${lines([dayShape(day)])}</svg>`
}

const viewBox = (days: number) => `0 0 ${days * DAY_WIDTH} ${HEIGHT}`

/** From the back to the front, each with a line for every look there is. */
function lines(shapes: readonly DayShape[]): Markup[] {
  return [backPiece, observedPiece, gapPiece, downPiece].flatMap((pieceOf) => {
    const runs = runsOf(shapes.map((shape) => lookOf(pieceOf(shape))))
    const byLook = Map.groupBy(
      runs.filter(({ of }) => of !== ''),
      ({ of }) => of,
    )
    return [...byLook].map(([look, same]) => html`<path class="${look}" d="${path(look, same)}"/>`)
  })
}

const lookOf = (piece: Piece | null) => (piece === null ? '' : `${piece.look} h${piece.height}`)

function path(look: string, runs: readonly Run<string>[]): string {
  const middle = HEIGHT - Number(look.split(' h')[1]) / 2
  return runs
    .map(({ start, length }) => `M${start * DAY_WIDTH} ${middle}h${length * DAY_WIDTH}`)
    .join('')
}

function backPiece({ observed }: DayShape): Piece | null {
  return observed === 4 ? null : { look: 'none', height: HEIGHT }
}

function observedPiece({ observed, down }: DayShape): Piece | null {
  if (observed === 0 || down === 4) return null
  return { look: down > 0 ? 'partly' : 'up', height: OBSERVED_HEIGHTS[observed] }
}

/** A little of the ground between the foot and what is above it: it can be told apart without colours. */
function gapPiece(shape: DayShape): Piece | null {
  const foot = downPiece(shape)
  return foot === null || shape.down === 4 ? null : { look: 'gap', height: foot.height + 2 }
}

function downPiece({ observed, down }: DayShape): Piece | null {
  if (down === 0) return null
  return { look: 'down', height: Math.min(DOWN_HEIGHTS[down], OBSERVED_HEIGHTS[observed]) }
}

/** For pointers, where there is no script: only of days of which there is something to say. */
function titles(
  days: readonly Day[],
  shapes: readonly DayShape[],
  texts: readonly string[],
): Markup[] {
  return shapes.flatMap(({ observed, down }, index) => {
    if (down === 0 && (observed === 0 || observed === 4)) return []
    return [
      html`<path class="hit" d="M${index * DAY_WIDTH} ${HEIGHT / 2}h${DAY_WIDTH}"><title>${days[index]?.day ?? ''}: ${texts[index] ?? ''}</title></path>`,
    ]
  })
}

/** Equal neighbours, together. */
function runsOf<T extends string>(items: readonly T[]): Run<T>[] {
  const runs: { of: T; start: number; length: number }[] = []
  for (const [index, item] of items.entries()) {
    const last = runs.at(-1)
    if (last?.of === item) last.length++
    else runs.push({ of: item, start: index, length: 1 })
  }
  return runs
}
