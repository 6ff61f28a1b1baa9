import type { Email } from '#db/outage-story.ts'
import type { RuleInForce } from '#db/rule-history.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { CommandStart } from '../command-end.ts'
import { jsonLine } from '../json-line.ts'
import type { Paint, Style } from '../paint.ts'
import { terminalLine } from '../terminal-line.ts'
import { type Step, type Story, tellingText } from './story.ts'
import { openingRecord } from './story-json.ts'

type Frame = CommandStart['terminal']

const TEXT_MAX = 500
const STEPS_SHOWN = 12
const EXCERPT_LINES_MAX = 6

const resultStyles: Readonly<Record<CheckResult['result'], Style>> = {
  up: 'green',
  down: 'red',
  inconclusive: 'yellow',
}

/** An outage for people, as a story from top to bottom. All instants are UTC. Ends with a line break. Pure. */
export function renderStory(story: Story, { paint }: Frame): string {
  const parts = [
    headLines(story, paint),
    part('The rule in force', ruleLines(story.rule), paint),
    part('What opened it', openingLines(story, paint), paint),
    part('The record that opened it', recordLines(story), paint),
    part('How the answer began', excerptLines(story.outage.excerpt), paint),
    part('Who was told', tellingLines(story, paint), paint),
    part(closingTitle(story), closingLines(story, paint), paint),
  ]
  const told = parts.filter((lines) => lines.length > 0)
  return `${told.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function part(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [paint('bold', title), ...lines.map((line) => `  ${line}`)]
}

function headLines({ outage, nowMs }: Story, paint: Paint): readonly string[] {
  const { startedAtMs, endedAtMs } = outage
  const duration = humanDuration((endedAtMs ?? nowMs) - startedAtMs)
  const word = endedAtMs === null ? paint('red', 'DOWN') : paint('green', 'OVER')
  const when =
    endedAtMs === null
      ? `since ${second(startedAtMs)} UTC, for ${duration}`
      : `from ${second(startedAtMs)} to ${second(endedAtMs)} UTC, for ${duration}`
  const reason = outage.message === null ? '' : `: ${plain(outage.message)}`
  return [
    `${word}  ${plain(outage.siteName)} (site ${outage.siteId}) ${when}`,
    `  ${outage.failure}${reason}`,
    `  ${paint('dim', `${plain(outage.siteUrl)} · outage ${outage.id}`)}`,
  ]
}

function ruleLines(rule: RuleInForce | null): readonly string[] {
  if (rule === null) return ['is not kept: the thresholds below are the usual ones']
  const { failureThreshold, recoveryThreshold, cadenceSeconds } = rule
  const until = rule.toMs === null ? 'and is in force still' : `until ${second(rule.toMs)}`
  return [
    `checked every ${cadenceSeconds} s; ${failureThreshold} failed in a row open an outage, ${recoveryThreshold} good in a row end it`,
    ...expectationLines(rule.config),
    `in force from ${second(rule.fromMs)} ${until}`,
  ]
}

/** What was asked of the answer: the fields that say something, by their names in the table. */
const expectationFields = [
  'kind',
  'method',
  'timeout_ms',
  'expected_status',
  'body_contains',
  'body_not_contains',
  'json_path',
  'body_regex',
  'value_operator',
  'expected_value',
  'sla_ms',
  'sla_is_failure',
  'cert_days_min',
  'conditions',
] as const

function expectationLines(config: RuleInForce['config']): readonly string[] {
  const said = expectationFields.flatMap((field) => {
    const value = isIdle(field, config) ? null : config[field]
    if (value === undefined || value === null || value === false) return []
    return [`${field} ${plain(typeof value === 'string' ? value : JSON.stringify(value))}`]
  })
  return said.length === 0 ? [] : [said.join(' · ')]
}

/** An operator compares with nothing where there is no value. */
function isIdle(field: string, { expected_value }: RuleInForce['config']): boolean {
  return field === 'value_operator' && expected_value === undefined
}

function openingLines({ before, opening }: Story, paint: Paint): readonly string[] {
  if (opening.length === 0) return ['its checks are not kept any more']
  const earlier = before === null ? [] : [checkLine(before, 'the last check before', paint)]
  return [...earlier, ...stepLines(opening, paint)]
}

function closingTitle({ outage }: Story): string {
  return outage.endedAtMs === null ? 'The latest checks' : 'What ended it'
}

function closingLines({ outage, closing }: Story, paint: Paint): readonly string[] {
  if (closing.length > 0) return stepLines(closing, paint)
  return [outage.endedAtMs === null ? 'none since' : 'its checks are not kept any more']
}

function stepLines(steps: readonly Step[], paint: Paint): readonly string[] {
  const lines = (some: readonly Step[]) => some.flatMap((step) => stepBlock(step, paint))
  if (steps.length <= STEPS_SHOWN) return lines(steps)
  const half = STEPS_SHOWN / 2
  const left = steps.length - STEPS_SHOWN
  return [...lines(steps.slice(0, half)), `... ${left} more ...`, ...lines(steps.slice(-half))]
}

function stepBlock(step: Step, paint: Paint): readonly string[] {
  const { result, jobId } = step
  const phases = phasesText(result)
  const lateMs = result.checkedAtMs - result.slotMs
  return [
    checkLine(result, stepText(step), paint),
    `    ${paint('dim', `${result.occasion}, job ${jobId}, worker ${plain(result.worker)}, began ${lateMs} ms after it was due`)}`,
    ...(phases === '' ? [] : [`    ${paint('dim', phases)}`]),
  ]
}

function checkLine(result: CheckResult, says: string, paint: Paint): string {
  const word = paint(resultStyles[result.result], result.result.padEnd(12))
  const seen = result.result === 'up' ? answerText(result) : reasonText(result)
  return `${second(result.slotMs)}  ${word}  ${[seen, says].filter((text) => text !== '').join('  → ')}`
}

function reasonText({ failure, message }: CheckResult): string {
  const reason = [failure, message].filter((text) => text !== null).join(': ')
  return reason === '' ? 'no reason given' : plain(reason)
}

function answerText({ statusCode, latencyMs }: CheckResult): string {
  return [
    ...(statusCode === null ? [] : [`status ${statusCode}`]),
    ...(latencyMs === null ? [] : [`in ${Math.round(latencyMs)} ms`]),
  ].join(' ')
}

function stepText({ result, transition, streak, needed }: Step): string {
  if (result.result === 'inconclusive') return 'does not count: our own fault'
  if (transition === 'opened') return `failed ${streak} of ${needed}: the outage opens`
  if (transition === 'recovered') return `good ${streak} of ${needed}: the outage is over`
  if (streak === 0) return result.result === 'down' ? 'still down' : ''
  return `${result.result === 'down' ? 'failed' : 'good'} ${streak} of ${needed}`
}

function phasesText(result: CheckResult): string {
  const phases: readonly (readonly [string, number | null])[] = [
    ['dns', result.dnsMs],
    ['connect', result.connectMs],
    ['tls', result.tlsMs],
    ['first byte', result.ttfbMs],
    ['whole', result.latencyMs],
  ]
  return [
    ...(result.statusCode === null ? [] : [`status ${result.statusCode}`]),
    ...(result.remoteAddress === null ? [] : [`from ${plain(result.remoteAddress)}`]),
    ...phases.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${ms.toFixed(1)} ms`])),
  ].join(' · ')
}

function recordLines(story: Story): readonly string[] {
  const record = openingRecord(story)
  if (record === null) return []
  const { topic, partition, offset, key, value } = record
  const where =
    topic === null
      ? 'its place in the stream is not known'
      : `topic ${plain(topic)}, partition ${partition}, offset ${offset}`
  return [`${where}, key ${key} (the certificate is not kept)`, jsonLine(value).trimEnd()]
}

function excerptLines(excerpt: string | null): readonly string[] {
  if (excerpt === null) return []
  const lines = excerpt.split('\n').map((line) => terminalLine(line, 120))
  return lines.filter((line) => line !== '').slice(0, EXCERPT_LINES_MAX)
}

function tellingLines(story: Story, paint: Paint): readonly string[] {
  return [plain(tellingText(story)), ...story.emails.flatMap((email) => emailLines(email, paint))]
}

function emailLines(email: Email, paint: Paint): readonly string[] {
  const attempts = `${email.attempts} ${email.attempts === 1 ? 'attempt' : 'attempts'}`
  const fate =
    email.sentAtMs !== null
      ? paint('green', `sent ${second(email.sentAtMs)}`)
      : email.failedAtMs !== null
        ? paint('red', `given up ${second(email.failedAtMs)}`)
        : paint('yellow', 'not sent yet')
  const error = email.lastError === null ? '' : `: ${plain(email.lastError)}`
  return [
    `${second(email.queuedAtMs)}  ${email.kind} to ${plain(email.recipient)}: ${fate}, ${attempts}${error}`,
    `    ${paint('dim', `notification ${email.id}, Message-ID ${plain(email.messageId)}`)}`,
  ]
}

/** `2026-03-01 12:00:05`, with its milliseconds unless they are zero. */
function second(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '')
}

/** Texts of answers and names may not steer the terminal. */
function plain(text: string): string {
  return terminalLine(text, TEXT_MAX)
}
