/**
 * Line charts as SVG, readable on light and on dark pages: colours follow the reader's scheme. Pure.
 */

export type Series = {
  readonly name: string
  /** In the order of x. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** A line to compare with, not something that was measured. */
  readonly isReference?: boolean
}

export type Axis = { readonly label: string; readonly scale: 'linear' | 'log' }

export type Plot = {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

const SIZE = { width: 720, height: 420 } as const
/** Room for the title, the axes' labels and the legend. */
const MARGIN = { top: 48, right: 20, bottom: 76, left: 72 } as const
const TICKS = 6
/** Told apart by those who see no red and green as well. */
const COLOURS = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff9e4a'],
  ['#009e73', '#3ddbaa'],
  ['#aa3a8a', '#e78ac3'],
  ['#8a6d00', '#f0e442'],
  ['#555555', '#bbbbbb'],
] as const

type Place = (value: number) => number
type Ruler = { readonly ticks: readonly number[]; readonly place: Place }

export function svgPlot(plot: Plot): string {
  const points = plot.series.flatMap(({ points }) => points).filter(isDrawable(plot))
  const { top, right, bottom, left } = MARGIN
  const x = ruler(
    plot.x,
    points.map(([value]) => value),
    [left, SIZE.width - right],
  )
  const y = ruler(
    plot.y,
    points.map(([, value]) => value),
    [SIZE.height - bottom, top],
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escaped(plot.title)}">`,
    `<style>${styles()}</style>`,
    `<rect class="page" width="${SIZE.width}" height="${SIZE.height}"/>`,
    label(SIZE.width / 2, 24, plot.title, 'title'),
    ...axes(plot, x, y),
    ...plot.series.flatMap((series, index) => [line(plot, series, index, x, y)]),
    ...legend(plot.series),
    '</svg>',
    '',
  ].join('\n')
}

/** A logarithm knows nothing of zero. */
function isDrawable({ x, y }: Plot): (point: readonly [number, number]) => boolean {
  const fits = (axis: Axis, value: number) =>
    Number.isFinite(value) && (axis.scale === 'linear' || value > 0)
  return ([px, py]) => fits(x, px) && fits(y, py)
}

function ruler(
  { scale }: Axis,
  values: readonly number[],
  [start, end]: readonly [number, number],
): Ruler {
  const ticks = scale === 'log' ? logTicks(values) : linearTicks(values)
  const map = scale === 'log' ? Math.log10 : (value: number) => value
  const [low, high] = [map(ticks[0] ?? 1), map(ticks.at(-1) ?? 2)]
  return { ticks, place: (value) => start + ((map(value) - low) / (high - low)) * (end - start) }
}

/** From zero, or below it, in steps of 1, 2 or 5. */
export function linearTicks(values: readonly number[]): readonly number[] {
  const low = Math.min(0, ...values)
  const high = Math.max(low, ...values)
  const rough = (high - low) / TICKS || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.floor(low / step)
  const count = Math.max(1, Math.ceil(high / step) - first)
  return Array.from({ length: count + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Powers of ten around all values. */
export function logTicks(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [1, 10]
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))))
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
}

function axes(plot: Plot, x: Ruler, y: Ruler): readonly string[] {
  const [left, bottom] = [MARGIN.left, SIZE.height - MARGIN.bottom]
  const right = SIZE.width - MARGIN.right
  const down = MARGIN.top
  const middle = (bottom + down) / 2
  return [
    ...y.ticks.flatMap((tick) => [
      `<line class="grid" x1="${left}" x2="${right}" y1="${fixed(y.place(tick))}" y2="${fixed(y.place(tick))}"/>`,
      label(left - 8, y.place(tick) + 4, short(tick), 'tick end'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<line class="grid" x1="${fixed(x.place(tick))}" x2="${fixed(x.place(tick))}" y1="${down}" y2="${bottom}"/>`,
      label(x.place(tick), bottom + 18, short(tick), 'tick'),
    ]),
    label((left + right) / 2, bottom + 38, plot.x.label, 'axis'),
    `<g transform="rotate(-90 16 ${middle})">${label(16, middle, plot.y.label, 'axis')}</g>`,
  ]
}

function line(plot: Plot, series: Series, index: number, x: Ruler, y: Ruler): string {
  const places = series.points
    .filter(isDrawable(plot))
    .map(([px, py]) => [fixed(x.place(px)), fixed(y.place(py))] as const)
  const drawn = `<polyline class="line s${index % COLOURS.length}${series.isReference ? ' reference' : ''}" points="${places.map((place) => place.join(',')).join(' ')}"/>`
  if (series.isReference) return drawn
  const dots = places.map(
    ([cx, cy]) => `<circle class="dot s${index % COLOURS.length}" cx="${cx}" cy="${cy}" r="3"/>`,
  )
  return [drawn, ...dots].join('')
}

function legend(series: readonly Series[]): readonly string[] {
  const room = (SIZE.width - MARGIN.left - MARGIN.right) / Math.max(1, series.length)
  const y = SIZE.height - 16
  return series.map(({ name, isReference }, index) => {
    const x = MARGIN.left + index * room
    const mark = `<line class="line s${index % COLOURS.length}${isReference ? ' reference' : ''}" x1="${fixed(x)}" x2="${fixed(x + 18)}" y1="${y - 4}" y2="${y - 4}"/>`
    return `${mark}${label(x + 24, y, name, 'tick start')}`
  })
}

function label(x: number, y: number, text: string, kind: string): string {
  return `<text class="${kind}" x="${fixed(x)}" y="${fixed(y)}">${escaped(text)}</text>`
}

function styles(): string {
  const colours = (scheme: 0 | 1) =>
    COLOURS.map(
      (pair, index) => `.s${index}{stroke:${pair[scheme]}}.dot.s${index}{fill:${pair[scheme]}}`,
    ).join('')
  const paper = (page: string, ink: string, grid: string) =>
    `.page{fill:${page}}text{fill:${ink}}.grid{stroke:${grid}}`
  return [
    'text{font:12px system-ui,sans-serif;text-anchor:middle}.title{font-size:15px;font-weight:600}',
    '.end{text-anchor:end}.start{text-anchor:start}.line{fill:none;stroke-width:2}.reference{stroke-dasharray:5 4;stroke-width:1.5}',
    paper('#ffffff', '#1f2328', '#d8dee4'),
    colours(0),
    `@media (prefers-color-scheme:dark){${paper('#0d1117', '#e6edf3', '#30363d')}${colours(1)}}`,
  ].join('')
}

/** 1,000,000 is 1M: ticks have little room. */
export function short(value: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ]
  const [size, unit] = units.find(([size]) => Math.abs(value) >= size) ?? [1, '']
  return `${Number((value / size).toPrecision(3))}${unit}`
}

const fixed = (value: number): string => String(Number(value.toFixed(1)))

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
