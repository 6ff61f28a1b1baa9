import { html } from 'hono/html'
import { barSample } from './bars.ts'

const DAY_S = 86_400

const example = (upS: number, downS: number) =>
  barSample({ day: '', upS, downS, unknownS: DAY_S - upS - downS })

/** What the bars mean: drawn by the code that draws them. */
export const legend = html`<ul class="legend small soft" aria-label="What the bars mean, a day each">
<li>${example(DAY_S, 0)} no downtime seen</li>
<li>${example(DAY_S * 0.9, DAY_S * 0.1)} down for a part (the foot)</li>
<li>${example(0, DAY_S)} down for half of it or more</li>
<li>${example(DAY_S / 2, 0)} observed in part (its height)</li>
<li>${example(0, 0)} not observed</li>
</ul>`
