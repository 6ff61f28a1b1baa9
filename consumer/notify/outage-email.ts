import type { NotificationKind } from '#db/notifications.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import { type EmailContent, htmlOf, instant, type LabelledFact, textOf } from './email-layout.ts'
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
const WORKER_MAX = 30
const EXCERPT_LINE_MAX = 200
const EXCERPT_LINES_MAX = 20

/** Pure: the email about an outage, its end, or its never having been, from what was known when it was queued. */
export function renderOutageEmail(kind: OutageEmailKind, facts: OutageFacts): Email {
  const content = contentOf[kind](clean(facts))
  return { subject: content.subject, text: textOf(content), html: htmlOf(content) }
}

export type OutageEmailKind = Exclude<NotificationKind, 'certificate'>

const contentOf: Readonly<Record<OutageEmailKind, (facts: OutageFacts) => EmailContent>> = {
  outage: outageContent,
  recovery: recoveryContent,
  correction: correctionContent,
  flapping: flappingContent,
  calm: calmContent,
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
    quotation: { title: 'The answer begins', lines: linesOf(facts.excerpt) },
  }
}

function flappingContent(facts: OutageFacts): EmailContent {
  const { siteName, restlessness } = facts
  const often =
    restlessness === null
      ? 'It had many outages lately'
      : `It had more than ${restlessness.outagesMax} outages within ${humanDuration(restlessness.windowMs)}`
  const until = restlessness === null ? 'a while' : humanDuration(restlessness.calmMs)
  return {
    ...outageContent(facts),
    subject: `[FLAPPING] ${siteName}`,
    headline: `${siteName} goes up and down.`,
    sentences: [
      `${often}, and was found down again.`,
      `Single outages will not be told of until nothing has changed for ${until}.`,
    ],
  }
}

function calmContent(facts: OutageFacts): EmailContent {
  const { siteName, restlessness } = facts
  const lasted = restlessness === null ? '' : ` for ${humanDuration(restlessness.calmMs)}`
  return {
    subject: `[STEADY] ${siteName}`,
    tone: 'good',
    headline: `${siteName} has been up${lasted}.`,
    sentences: ['It had been going up and down. Single outages are told of again.'],
    facts: [
      ...aboutSite(facts),
      ['Last outage', instant(facts.startedAtMs)],
      ...(facts.endedAtMs === null ? [] : [['Until', instant(facts.endedAtMs)] as const]),
    ],
    checks: { title: 'The checks of its last outage', rows: facts.evidence.map(evidenceRow) },
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
      'What became known later shows that there was no outage.',
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

function aboutFailure(facts: OutageFacts): LabelledFact[] {
  const { failure, message, remoteAddress, evidence } = facts
  const seen = evidence.findLast(({ result }) => result === 'down')
  const statusCode = facts.statusCode ?? seen?.statusCode ?? null
  return [
    ['Failure', failure],
    ...(statusCode === null ? [] : [['Status code', String(statusCode)] as const]),
    ...(remoteAddress === null ? [] : [['Address', remoteAddress] as const]),
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
    ...(line.worker === null ? [] : [plainLine(line.worker, WORKER_MAX)]),
    plainLine(line.message ?? '', EVIDENCE_MESSAGE_MAX),
  ]
}

/** What a page said, line by line, each of them harmless; the blank ones between are left out. */
function linesOf(excerpt: string | null): readonly string[] {
  return (excerpt ?? '')
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => plainLine(line, EXCERPT_LINE_MAX))
    .filter((line) => line !== '')
    .slice(0, EXCERPT_LINES_MAX)
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
    remoteAddress: facts.remoteAddress === null ? null : plainLine(facts.remoteAddress, NAME_MAX),
  }
}
