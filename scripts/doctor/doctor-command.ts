import { readContext } from '../command.ts'
import type { Command } from '../command-end.ts'
import { commandEnvironment } from '../command-environment.ts'
import { addressOf } from '../database-of-command.ts'
import { exitCodes } from '../exit-codes.ts'
import { unpainted } from '../paint.ts'
import { readCommand } from '../read-command.ts'
import { lookAtDisk, lookAtProcesses } from './checkout-checks.ts'
import { databaseChecks } from './database-checks.ts'
import { doctorShape } from './doctor-shape.ts'
import { type Finding, fail, type HealthCheck, skipped } from './finding.ts'
import { judgeNode } from './judge-facts.ts'
import { lookAll } from './look-all.ts'
import { doctorJson, renderFindings } from './render-findings.ts'
import { lookAtKafka, lookAtMail, lookAtWeb } from './server-checks.ts'
import {
  judgePrivateTargets,
  judgeSettings,
  type SettingsFacts,
  settingsFacts,
} from './settings-facts.ts'

/** The one that the code is written for; package.json's own is what npm needs. */
const NODE_MAJOR = 24

/** `uptick doctor`: everything that an operator would look at one by one. */
export const doctorCommand: Command = async ({ args, env, terminal }) => {
  const reading = readCommand(doctorShape, args)
  if (reading.outcome === 'ended') return reading.end
  const { said } = reading
  const context = await readContext(env)
  const settings = await commandEnvironment(context)
  const facts = settingsFacts(settings)
  const findings = await lookAll([
    { name: 'node', look: async () => judgeNode(process.version, NODE_MAJOR) },
    { name: 'settings', look: async () => judgeSettings(settings) },
    { name: 'private targets', look: async () => judgePrivateTargets(settings) },
    { name: 'processes', look: () => lookAtProcesses(context) },
    { name: 'disk', look: () => lookAtDisk(context) },
    ...(await checksOfDatabase(env, facts)),
    ...checksOfServers(facts),
  ])
  const paint = said.has('no-color') ? unpainted : terminal.paint
  const hasFailed = findings.some(({ outcome }) => outcome === 'fail')
  const out = said.has('json') ? doctorJson(findings) : renderFindings(findings, paint)
  return { exitCode: hasFailed ? exitCodes.refused : exitCodes.done, out, err: '' }
}

async function checksOfDatabase(
  env: NodeJS.ProcessEnv,
  { stream, defaultRecipients }: SettingsFacts,
): Promise<readonly HealthCheck[]> {
  const address = await addressOf({ command: 'doctor', rights: 'change', env })
  if ('problem' in address) {
    return [always('database', fail(address.problem, 'make start, or set DATABASE_URL'))]
  }
  return databaseChecks({ url: address.url, defaultRecipients, stream: stream?.kind ?? null })
}

function checksOfServers({
  stream,
  group,
  mailServer,
  webUrl,
}: SettingsFacts): readonly HealthCheck[] {
  return [
    ...(stream === null
      ? [always('results', skipped('KAFKA_BOOTSTRAP_SERVERS is not set here'))]
      : []),
    ...(stream?.kind === 'kafka'
      ? [{ name: 'results', look: () => lookAtKafka(stream.kafka, group) }]
      : []),
    mailServer === null
      ? always('mail', skipped('SMTP_URL is not set here'))
      : { name: 'mail', look: () => lookAtMail(mailServer) },
    webUrl === null
      ? always('web', skipped('neither WEB_URL nor PUBLIC_URL is set here'))
      : { name: 'web', look: () => lookAtWeb(webUrl) },
  ]
}

function always(name: string, finding: Finding): HealthCheck {
  return { name, look: async () => finding }
}
