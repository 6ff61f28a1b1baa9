import { readFile } from 'node:fs/promises'
import { onPaper, paperTable } from './scale/on-paper.ts'
import { heldBest, type ScaleReport } from './scale/scale-report.ts'

/**
 * `node bench/scale-on-paper.ts bench/results/scale-*.json`: what 1 million sites would take, in
 * proportion to each of these reports, as the table of docs/scale.md. SITES for another number.
 */
const files = process.argv.slice(2)
const sites = Number(process.env.SITES ?? 1_000_000)
const CADENCES_SECONDS = [60, 300]

if (files.length === 0) throw new Error('give the JSON files of bench-scale to reckon from')
const papers = await Promise.all(
  files.map(async (file) => {
    const report: ScaleReport = JSON.parse(await readFile(file, 'utf8'))
    const figures = heldBest(report.steps)
    if (figures === null) throw new Error(`${file} has no measurement that held`)
    return CADENCES_SECONDS.map((cadenceSeconds) => {
      const title = `${sites / 1e6} million sites, ${report.options.scheme}, every ${cadenceSeconds / 60} min`
      return [title, onPaper(figures, { sites, cadenceSeconds })] as const
    })
  }),
)
process.stdout.write(`${paperTable(new Map(papers.flat()))}\n`)
