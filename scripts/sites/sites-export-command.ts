import { readSiteExport, type SiteExport, TooManySitesError } from '#db/site-export.ts'
import { type SiteFileFormat, siteFileFormats, writeSites } from '../../site-file/write-sites.ts'
import type { Command } from '../command-end.ts'
import { withDatabase } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { readCommand, usageRefusal } from '../read-command.ts'
import { sitesExportShape } from './site-shapes.ts'

/** The cadences that every database begins with. */
const shippedCadences = ['1m', '5m', '10m', '1h']

/** `uptick sites export`: a file on stdout, and on stderr what keeps it from being loaded as it is. */
export const sitesExportCommand: Command = async ({ args, env }) => {
  const reading = readCommand(sitesExportShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  if (said.has('json') && said.has('format')) {
    return usageRefusal(sitesExportShape, ['--json and --format: leave one'])
  }
  const wanted = said.has('json') ? 'json' : said.text('format')
  const format = siteFileFormats.find((name) => name === wanted) ?? 'yaml'
  return withDatabase({ command: 'sites export', rights: 'read', env }, async (db) => {
    try {
      const file = await readSiteExport(db, said.all('tag'))
      const err = warnings(file, format).map((line) => `uptick sites export: ${line}\n`)
      return { exitCode: exitCodes.done, out: writeSites(format, file), err: err.join('') }
    } catch (error) {
      if (!(error instanceof TooManySitesError)) throw error
      const err = `uptick sites export: ${error.message}\n`
      return { exitCode: exitCodes.refused, out: '', err }
    }
  })
}

function warnings({ invalid, cadences }: SiteExport, format: SiteFileFormat): readonly string[] {
  const own = [...cadences.keys()].filter((name) => !shippedCadences.includes(name))
  const sites = invalid === 1 ? '1 site is invalid' : `${invalid} sites are invalid`
  return [
    ...(invalid > 0
      ? [`${sites}, and an import refuses those: uptick sites list --state invalid`]
      : []),
    ...(format === 'csv' && own.length > 0
      ? [`a csv cannot bring cadences along, and these must be there first: ${own.join(', ')}`]
      : []),
  ]
}
