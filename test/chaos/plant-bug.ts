import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { edited, type PlantedBug, plantedBugs } from './planted-bugs.ts'

/** Loaded into a process before its own code (`node --import`): gives it the bug that PLANTED_BUG names. */

const root = path.join(import.meta.dirname, '../..')
const { PLANTED_BUG: name } = process.env
const bug: PlantedBug | undefined = plantedBugs.find((known) => known.name === name)
if (bug === undefined) throw new Error(`PLANTED_BUG is ${name}: there is no such bug`)

const edits = Map.groupBy(bug.edits, ({ file }) => pathToFileURL(path.join(root, file)).href)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const ofFile = edits.get(url)
    if (ofFile === undefined) return loaded
    return { ...loaded, source: ofFile.reduce(edited, String(loaded.source)) }
  },
})
