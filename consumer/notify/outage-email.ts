import type { NotificationKind } from '#db/notifications.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import { type EmailContent, htmlOf, type LabelledFact, textOf } from './email-layout.ts'
import { failureSentence } from './failure-sentence.ts'
import type { EvidenceLine, OutageFacts } from './outage-facts.ts'

/** What a recipient reads. The subject is one line of at most 200 characters. */
export type Email = { readonly subject: string; readonly text: string; readonly html: string }

/** Leaves room in a subject of 200 for what stands around the name. */
const NAME_MAX = 160
const URL_MAX = 500
const MESSAGE_MAX = 500
/** A row of evidence should fit into a window of ordinary width. */
const EVIDENCE_MESSAGE_MAX = 80

/** Pure: the email about an outage, its end, or its never having been, from what was known when it was queued. */
export function renderEmail(kind: NotificationKind, facts: OutageFacts): Email {
  const content = contentOf[kind](clean(facts))
  return { subject: content.subject, text: textOf(content), html: htmlOf(content) }
}

const contentOf: Readonly<Record<NotificationKind, (facts: OutageFacts) => EmailContent>> = {
  outage: outageContent,
  recovery: recoveryContent,
  correction: correctionContent,
}

function outageContent(facts: OutageFacts): EmailContent {
  return {
    subject: `[DOWN] ${facts.siteName}`,
    tone: 'bad',
    headline: `${facts.siteName} is down.`,
    sentences: [failureSentence(facts.failure)],
    facts: [
      ...aboutSite(facts),
      ...aboutFailure(facts),
      ['Down since', instant(facts.startedAtMs)],
      ['Detected', detected(facts)],
      ['Up before', upBefore(facts)],
    ],
    checks: { title: 'The checks that show it', rows: facts.evidence.map(evidenceRow) },
  }
}

function recoveryContent(facts: OutageFacts): EmailContent {
  const { siteName, startedAtMs, endedAtMs } = facts
  const lasted = endedAtMs === null ? null : humanDuration(endedAtMs - startedAtMs)
  return {
    subject: `[RECOVERED] ${siteName}${lasted === null ? '' : ` after ${lasted}`}`,
    tone: 'good',
    headline: `${siteName} is up again.`,
    sentences: lasted === null ? [] : [`It was down for ${lasted}.`],
    facts: [
      ...aboutSite(facts),
      ['Down from', instant(startedAtMs)],
      ...(endedAtMs === null ? [] : [['Until', instant(endedAtMs)] as const]),
      ['Detected', detected(facts)],
      ['What failed', failureSentence(facts.failure)],
      ...aboutFailure(facts),
    ],
    checks: { title: 'The checks that show it', rows: facts.evidence.map(evidenceRow) },
  }
}

function correctionContent(facts: OutageFacts): EmailContent {
  return {
    subject: `[CORRECTION] ${facts.siteName}`,
    tone: 'neutral',
    headline: `${facts.siteName} was not down after all.`,
    sentences: [
      'The email that reported an outage was wrong.',
      'A result that arrived late shows that there was no outage.',
    ],
    facts: [
      ...aboutSite(facts),
      ['Reported as down since', instant(facts.startedAtMs)],
      ['Reported at', instant(facts.detectedAtMs)],
      ...aboutFailure(facts),
    ],
    checks: { title: 'The checks of that time', rows: facts.evidence.map(evidenceRow) },
  }
}

function aboutSite({ siteName, siteUrl }: OutageFacts): LabelledFact[] {
  return [
    ['Site', siteName],
    ['URL', siteUrl],
  ]
}

function aboutFailure({ failure, message, evidence }: OutageFacts): LabelledFact[] {
  const statusCode = evidence.findLast(({ result }) => result === 'down')?.statusCode ?? null
  return [
    ['Failure', failure],
    ...(statusCode === null ? [] : [['Status code', String(statusCode)] as const]),
    ...(message === null ? [] : [['Message', message] as const]),
  ]
}

function detected({ startedAtMs, detectedAtMs }: OutageFacts): string {
  return `${instant(detectedAtMs)} (${humanDuration(detectedAtMs - startedAtMs)} later)`
}

function upBefore({ upSinceMs, startedAtMs }: OutageFacts): string {
  if (upSinceMs === null) return 'it was never seen up'
  return `${humanDuration(startedAtMs - upSinceMs)}, since ${instant(upSinceMs)}`
}

function evidenceRow(line: EvidenceLine): readonly string[] {
  return [
    instant(line.slotMs),
    line.failure === null ? line.result : `${line.result}: ${line.failure}`,
    line.statusCode === null ? '-' : String(line.statusCode),
    line.latencyMs === null ? '-' : `${Math.round(line.latencyMs)} ms`,
    plainLine(line.message ?? '', EVIDENCE_MESSAGE_MAX),
  ]
}

/** `2026-11-21 09:24:22 UTC`: recipients sit in many time zones, so the zone is always said. */
function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** All that came from users or servers, made harmless before anything is composed of it. */
function clean(facts: OutageFacts): OutageFacts {
  const siteUrl = plainLine(facts.siteUrl, URL_MAX)
  const name = plainLine(facts.siteName, NAME_MAX)
  return {
    ...facts,
    siteUrl,
    siteName: name === '' ? plainLine(siteUrl, NAME_MAX) : name,
    message: facts.message === null ? null : plainLine(facts.message, MESSAGE_MAX),
  }
}
