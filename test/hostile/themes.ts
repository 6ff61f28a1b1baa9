import { addresses } from './addresses.ts'
import type { Behaviours } from './behaviour.ts'
import { bodies } from './bodies.ts'
import { charsets } from './charsets.ts'
import { codings } from './codings.ts'
import { connections } from './connections.ts'
import { framing } from './framing.ts'
import { goodAnswers } from './good-answers.ts'
import { headers } from './headers.ts'
import { jsonDocuments } from './json-documents.ts'
import { names } from './names.ts'
import { ourTrouble } from './our-trouble.ts'
import { redirects } from './redirects.ts'
import { regexes } from './regexes.ts'
import { statusLines } from './status-lines.ts'
import type { Theme } from './theme.ts'
import { tls } from './tls.ts'

/** All that the hostile targets can do, and what a check makes of it. */
export const themes: readonly Theme[] = [
  goodAnswers,
  names,
  addresses,
  connections,
  tls,
  statusLines,
  headers,
  framing,
  redirects,
  bodies,
  codings,
  charsets,
  jsonDocuments,
  regexes,
  ourTrouble,
]

export const behaviours: Behaviours = Object.assign({}, ...themes.map((theme) => theme.behaviours))
