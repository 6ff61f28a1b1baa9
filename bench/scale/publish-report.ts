import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { drawPlots } from './draw-plots.ts'
import { reportText, type ScaleReport } from './scale-report.ts'

export const resultsFolder = path.join(import.meta.dirname, '../results')

/** The machine and the commit that the figures are of. */
export async function aboutThisRun(): Promise<Pick<ScaleReport, 'at' | 'commit' | 'machine'>> {
  const [{ model = 'unknown' } = {}] = os.cpus()
  const [loadBefore = 0] = os.loadavg()
  return {
    at: new Date().toISOString(),
    commit: await commitNow(),
    machine: {
      cpu: model,
      cores: os.cpus().length,
      memoryMiB: Math.round(os.totalmem() / 2 ** 20),
      kernel: os.release(),
      node: process.version,
      loadBefore,
    },
  }
}

/** With a `+` when files differ from it. */
async function commitNow(): Promise<string> {
  const run = (...args: string[]) => promisify(execFile)('git', args)
  try {
    const { stdout: commit } = await run('rev-parse', '--short', 'HEAD')
    const { stdout: changed } = await run('status', '--porcelain', '--untracked-files=no')
    return `${commit.trim()}${changed === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}

/** Writes JSON, table and plots side by side; gives the text of the table. */
export async function publishReport(report: ScaleReport): Promise<string> {
  const stamp = report.at.replaceAll(':', '-').slice(0, 19)
  const { kind, scheme } = report.options
  const name = `scale-${kind}-${scheme}-${stamp}`
  await mkdir(resultsFolder, { recursive: true })
  const files: [string, string][] = [
    [`${name}.json`, `${JSON.stringify(report, null, 2)}\n`],
    ...(await writePlots(name, report)),
  ]
  const plots = files.flatMap(([file]) => (file.endsWith('.svg') ? [`![${file}](${file})`] : []))
  const text = [reportText(report), ...plots, ''].join('\n')
  files.push([`${name}.md`, text])
  for (const [file, content] of files) await writeFile(path.join(resultsFolder, file), content)
  return `${text}\nwritten to bench/results/${name}.*\n`
}

async function writePlots(name: string, report: ScaleReport): Promise<[string, string][]> {
  return drawPlots(report).map(({ name: what, svg }) => [`${name}-${what}.svg`, svg])
}
