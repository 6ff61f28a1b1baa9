import { niceCeiling } from '../status-page/response-chart.ts'
import { latencyText, linePath } from '../status-page/sparkline.ts'

const WIDTH = 600
const HEIGHT = 150
const MARGIN = 10

/** Response times as a picture of its own, for a README: readable on light and on dark ground. */
export function latencyPicture(medians: readonly (number | null)[]): string {
  const known = medians.filter((ms) => ms !== null)
  const most = niceCeiling(Math.max(0, ...known))
  const title =
    known.length === 0
      ? 'Response times: N/A'
      : `Response times, at most ${latencyText(Math.max(...known))}`
  const path = linePath(medians, { width: WIDTH, height: HEIGHT, margin: MARGIN, most })
  const text = known.length === 0 ? 'N/A' : latencyText(most)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}">
<title>${title}</title>
<path d="M0 ${MARGIN}h${WIDTH}M0 ${HEIGHT / 2}h${WIDTH}M0 ${HEIGHT - MARGIN}h${WIDTH}" stroke="#808080" stroke-opacity=".35"/>
<path d="${path}" fill="none" stroke="#2f9e6e" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>
<text x="4" y="${MARGIN + 14}" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" fill="#808080">${text}</text>
</svg>
`
}
