import type { Check } from '#shared/domain/check.ts'
import { checkOf, type Site } from '#shared/domain/site.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { openProbers } from '../../worker/probe/open-probers.ts'
import { type Examined, examine } from '../../worker/probe/perform-check.ts'
import { SECRET_BYTES_MAX, secretFiles } from '../../worker/probe/secret-files.ts'
import { secretsOf } from '../../worker/probe/secrets-of.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'
import type { Command, CommandEnd } from '../command-end.ts'
import { commandHelp } from '../command-help.ts'
import { exitCodes } from '../exit-codes.ts'
import { unpainted } from '../paint.ts'
import { checkJson } from './check-json.ts'
import { checkShape } from './check-shape.ts'
import { type CheckManner, readCheck } from './read-check.ts'
import { renderCheck } from './render-check.ts'
import { warmUp } from './warm-up.ts'

/** `uptick check URL`: one check as a worker makes it. */
export const checkCommand: Command = async ({ args, env, terminal }) => {
  const wish = readCheck(args, env)
  if (wish.outcome === 'help')
    return { exitCode: exitCodes.up, out: commandHelp(checkShape), err: '' }
  if (wish.outcome === 'refused') return refusal(wish.problems)
  if (wish.site.kind === 'http') await warmUp(packageJson.version)
  const check = checkNow(wish.site)
  const examined = await look(check, wish.manner)
  const paint = wish.tells.has('no_color') ? unpainted : terminal.paint
  const out = wish.tells.has('json')
    ? checkJson(check.target, examined)
    : renderCheck(check.target, examined, { ...terminal, paint })
  return { exitCode: exitCodes[examined.result.result], out, err: '' }
}

function refusal(problems: readonly string[]): CommandEnd {
  const lines = problems.map((problem) => `  - ${problem}\n`).join('')
  const err = `uptick check: this cannot be checked:\n${lines}\nuptick check --help shows every option\n`
  return { exitCode: exitCodes.usage, out: '', err }
}

function checkNow(site: Site): Check {
  return checkOf(site, { slotMs: Date.now(), occasion: 'request', avoidWorker: null })
}

function look(check: Check, manner: CheckManner): Promise<Examined> {
  const readSecret = secretFiles({ folder: manner.secretsDir, bytesMax: SECRET_BYTES_MAX })
  return examine(check, {
    prober: openProbers({ version: packageJson.version, ...manner }),
    clock: { nowMs: () => Date.now() },
    selfWatch: unwatched,
    secretsOf: secretsOf(readSecret),
    worker: 'by hand',
  })
}
