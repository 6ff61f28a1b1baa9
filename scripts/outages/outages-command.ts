import { toldOutages } from '#db/told-outages.ts'
import type { Command } from '../command-end.ts'
import { runReport } from '../report/run-report.ts'
import { windowText } from '../report/window.ts'
import { outagesReport } from './outages-report.ts'
import { outagesShape } from './outages-shape.ts'

/** `uptick outages`: which sites were down, when, why, and who was told. */
export const outagesCommand: Command = (start) =>
  runReport(outagesShape, start, async ({ db, chosen, sites, tags, window, output, said }) => {
    const isOpenOnly = said.has('open')
    const isAll = sites.length === 0 && tags.length === 0
    const found = await toldOutages(db, {
      ...(isAll ? {} : { siteIds: chosen.map(({ siteId }) => siteId) }),
      isOpenOnly,
      ...window,
      limit: output.limit + 1,
    })
    const report = outagesReport({
      when: isOpenOnly ? 'that are open now' : `from ${windowText(window)}`,
      outages: found.slice(0, output.limit),
      hasMore: found.length > output.limit,
    })
    return { outcome: 'made', report }
  })
