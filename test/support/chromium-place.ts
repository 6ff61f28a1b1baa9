import { accessSync, constants } from 'node:fs'

export type ChromiumPlace = { readonly file: string } | { readonly missing: string }

/** Where Chromium is, or in one line why there is none. A test file says `describe.skipIf('missing' in chromiumPlace)`. */
export const chromiumPlace: ChromiumPlace = findChromium(
  process.env.CHROMIUM_PATH || '/usr/bin/chromium',
)

function findChromium(file: string): ChromiumPlace {
  try {
    accessSync(file, constants.X_OK)
    return { file }
  } catch {
    return { missing: `no Chromium at ${file} (make test-tools, or CHROMIUM_PATH)` }
  }
}
