import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Files of ours, beside this one. */
const own = [
  'uptick.css',
  'status.css',
  'status.js',
  'dashboard.css',
  'dashboard.js',
  'api-docs.css',
  'icon.svg',
] as const
/** Files of packages, served as they are published. */
const packaged = {
  'htmx.js': 'htmx.org/dist/htmx.min.js',
  'htmx-sse.js': 'htmx-ext-sse/dist/sse.min.js',
  'idiomorph.js': 'idiomorph/dist/idiomorph-ext.min.js',
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
} as const

const packagesFolder = path.join(import.meta.dirname, '../node_modules')

export type AssetName = (typeof own)[number] | keyof typeof packaged

export type Asset = { readonly body: string; readonly type: string }

export type Assets = {
  /** Its address, which changes with its content. */
  url(name: AssetName): string
  /** By the last part of its address. */
  find(part: string): Asset | null
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads all assets once. */
export function openAssets(): Assets {
  const files: [AssetName, string][] = [
    ...own.map((name): [AssetName, string] => [
      name,
      path.join(import.meta.dirname, 'assets', name),
    ]),
    ...Object.entries(packaged).map(([name, file]): [AssetName, string] => [
      name as AssetName,
      path.join(packagesFolder, file),
    ]),
  ]
  const urls = new Map<AssetName, string>()
  const byPart = new Map<string, Asset>()
  for (const [name, file] of files) {
    const body = readFileSync(file, 'utf8')
    const { name: stem, ext } = path.parse(name)
    const part = `${stem}-${createHash('sha256').update(body).digest('hex').slice(0, 12)}${ext}`
    byPart.set(part, { body, type: types[ext] ?? 'text/plain' })
    urls.set(name, `/assets/${part}`)
  }
  return {
    url: (name) => urls.get(name) ?? '',
    find: (part) => byPart.get(part) ?? null,
  }
}
