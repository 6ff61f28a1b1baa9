import { copyFile, readdir, truncate } from 'node:fs/promises'
import path from 'node:path'
import { findPlaces } from './support/state.ts'
import { sizeOf } from './tail-log.ts'

/** With the one old file that is kept, each log takes twice this at most, and what ten minutes add. */
const MAX_LOG_BYTES = 50 * 1024 * 1024

/** Copies a large log to `<name>.1` and empties it: who writes it goes on at its end, and notices nothing. */
const { logs } = findPlaces(process.env)
const names = (await readdir(logs)).filter((name) => name.endsWith('.log'))
for (const file of names.map((name) => path.join(logs, name))) {
  if ((await sizeOf(file)) < MAX_LOG_BYTES) continue
  await copyFile(file, `${file}.1`)
  await truncate(file)
}
