import type { Target } from '#shared/domain/check.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import type { Certificate, CheckResult, Hop, Outcome } from '#shared/domain/result.ts'
import type { AssertionVerdict } from '../../worker/probe/judge.ts'
import type { Examined } from '../../worker/probe/perform-check.ts'
import type { Paint, Style } from '../paint.ts'
import { renderWaterfall } from './render-waterfall.ts'

export type Frame = { readonly columns: number; readonly paint: Paint }

const TEXT_MAX = 500
const RULE_WIDTH_MAX = 50
const EXCERPT_LINES_MAX = 6

const verdictStyles: Readonly<Record<Outcome, Style>> = {
  up: 'green',
  down: 'red',
  inconclusive: 'yellow',
}

const marks: Readonly<
  Record<AssertionVerdict['outcome'], { readonly mark: string; readonly style: Style }>
> = {
  met: { mark: '✓', style: 'green' },
  not_met: { mark: '✗', style: 'red' },
  not_reached: { mark: '-', style: 'dim' },
}

/** A check for people: the verdict, where the time went, the certificate, and each rule. Ends with a line break. Pure. */
export function renderCheck(target: Target, examined: Examined, frame: Frame): string {
  const { result, assertions } = examined
  const parts = [
    verdictLines(target, result, frame),
    waterfall(result, frame),
    result.certificate === null ? [] : certificateLines(result.certificate, result, frame),
    assertionLines(assertions, frame),
    excerptLines(result.excerpt, frame),
  ]
  const told = parts.filter((lines) => lines.length > 0)
  return `${told.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function verdictLines({ url }: Target, result: CheckResult, { paint }: Frame): readonly string[] {
  const word = paint(verdictStyles[result.result], result.result.toUpperCase())
  const where = result.latencyMs === null ? url : `${url} in ${humanMs(result.latencyMs)}`
  const reason = [result.failure, result.message].filter((text) => text !== null).join(': ')
  const facts = factsOf(result).join(' · ')
  return [
    `${word}  ${plain(result.result === 'up' ? where : reason)}`,
    ...(result.result === 'up' ? [] : [`  ${where}`]),
    ...(facts === '' ? [] : [`  ${paint('dim', facts)}`]),
    ...(result.extractedValue === null ? [] : [`  value  ${plain(result.extractedValue)}`]),
  ]
}

function factsOf(result: CheckResult): readonly string[] {
  const { statusCode, remoteAddress, httpVersion, responseBytes } = result
  return [
    ...(statusCode === null ? [] : [`status ${statusCode}`]),
    ...(remoteAddress === null ? [] : [`from ${remoteAddress}`]),
    ...(httpVersion === null ? [] : [`HTTP/${httpVersion}`]),
    ...(responseBytes === null ? [] : [`${responseBytes.toLocaleString('en')} bytes`]),
  ]
}

function waterfall(result: CheckResult, { columns }: Frame): readonly string[] {
  const { latencyMs, dnsMs, connectMs, tlsMs, ttfbMs, statusCode, remoteAddress } = result
  if (latencyMs === null) return []
  const only: Hop = {
    dnsMs,
    connectMs,
    tlsMs,
    ttfbMs,
    totalMs: latencyMs,
    statusCode,
    remoteAddress,
  }
  return renderWaterfall(result.hops.length > 0 ? result.hops : [only], columns)
}

function certificateLines(
  { subject, issuer, fingerprint, expiresAtMs, chainError }: Certificate,
  { checkedAtMs }: CheckResult,
  { paint }: Frame,
): readonly string[] {
  const date = new Date(expiresAtMs).toISOString().slice(0, 10)
  const leftMs = expiresAtMs - checkedAtMs
  const expiry =
    leftMs > 0
      ? `expires in ${humanDuration(leftMs)} (${date})`
      : paint('red', `expired ${humanDuration(-leftMs)} ago (${date})`)
  return [
    paint('bold', 'Certificate'),
    `  ${plain(subject)}, ${expiry}`,
    `  issued by ${plain(issuer)}`,
    `  ${paint('dim', `SHA-256 ${fingerprint}`)}`,
    ...(chainError === null ? [] : [`  ${paint('red', `not trusted: ${plain(chainError)}`)}`]),
  ]
}

function assertionLines(
  assertions: readonly AssertionVerdict[],
  { paint }: Frame,
): readonly string[] {
  if (assertions.length === 0) return []
  const width = Math.min(RULE_WIDTH_MAX, Math.max(...assertions.map(({ rule }) => rule.length)))
  const lines = assertions.map(({ rule, outcome, seen }) => {
    const { mark, style } = marks[outcome]
    const what = outcome === 'not_reached' ? 'not reached' : (seen ?? 'nothing there')
    return `  ${paint(style, mark)} ${plain(rule).padEnd(width)}   ${paint(style, plain(what))}`
  })
  return [paint('bold', 'Rules'), ...lines]
}

function excerptLines(excerpt: string | null, { columns, paint }: Frame): readonly string[] {
  if (excerpt === null || excerpt.trim() === '') return []
  const lines = excerpt.split('\n').map((line) => plainLine(line, Math.max(20, columns - 4)))
  const shown = lines.filter((line) => line !== '').slice(0, EXCERPT_LINES_MAX)
  return [paint('bold', 'The answer begins'), ...shown.map((line) => `  ${line}`)]
}

/** Texts of the answer and of certificates may not steer the terminal. */
function plain(text: string): string {
  return plainLine(text, TEXT_MAX)
}

function humanMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}
