import { html } from 'hono/html'
import type { Circumstance, Email, OutageFound } from '#db/outage-story.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { CheckResult } from '#shared/domain/result.ts'
import type { Markup } from '../page/layout.ts'
import { resultsTable } from './results-table.ts'
import { scrollBox } from './scroll-box.ts'
import { showInstant } from './show-time.ts'

export type Evidence = {
  readonly nowMs: number
  readonly before: readonly CheckResult[]
  readonly first: readonly CheckResult[]
  /** Without those that are among the first. */
  readonly last: readonly CheckResult[]
  readonly after: readonly CheckResult[]
  readonly emails: readonly Email[]
  readonly circumstances: readonly Circumstance[]
}

/** What happened, what proves it, and who was told. */
export function outageView(outage: OutageFound, evidence: Evidence): Markup {
  const lastedMs = (outage.endedAtMs ?? evidence.nowMs) - outage.startedAtMs
  const isOpen = outage.endedAtMs === null
  return html`<p class="crumbs"><a href="/dashboard">Sites</a> / <a href="/dashboard/sites/${outage.siteId}"><bdi>${outage.siteName}</bdi></a></p>
<h1>Outage of <bdi>${outage.siteName}</bdi></h1>
<div class="panel now ${isOpen ? 'down' : ''}">
<p class="now-state"><span class="state ${isOpen ? 'down' : 'up'}">${isOpen ? 'Open' : 'Over'}</span> <span class="soft">${isOpen ? 'for' : 'after'} ${humanDuration(lastedMs)}</span></p>
<p class="now-last"><bdi>${[outage.failure, outage.message].filter((word) => word !== null).join(': ')}</bdi></p>
</div>
<dl class="facts">${factsOf(outage).map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
${outage.excerpt === null ? '' : html`<section aria-labelledby="answer"><h2 id="answer">How the answer began</h2><pre class="panel excerpt"><bdi>${outage.excerpt}</bdi></pre></section>`}
${circumstancesView(evidence.circumstances)}
${checksOf('Before', 'before', evidence.before)}
${checksOf('The checks that failed', 'first', evidence.first)}
${checksOf('The last of them', 'last', evidence.last)}
${checksOf(isOpen ? 'Since' : 'When it was over', 'after', evidence.after)}
${emailsView(evidence.emails, outage)}`
}

function factsOf(outage: OutageFound): [string, Markup | string][] {
  return [
    ['Began', showInstant(outage.startedAtMs)],
    ['Proven', showInstant(outage.detectedAtMs)],
    ['Ended', outage.endedAtMs === null ? 'not yet' : showInstant(outage.endedAtMs)],
    ['Up before since', showInstant(outage.upSinceMs)],
    ['Status', outage.statusCode === null ? '–' : String(outage.statusCode)],
    ['Answered by', outage.remoteAddress ?? '–'],
  ]
}

function circumstancesView(circumstances: readonly Circumstance[]): Markup {
  if (circumstances.length === 0) return html``
  return html`<section aria-labelledby="around"><h2 id="around">What lay over it</h2><div class="panel"><ul class="plain">${circumstances.map(
    (circumstance) =>
      circumstance.kind === 'maintenance'
        ? html`<li>Maintenance: <bdi>${circumstance.title}</bdi></li>`
        : html`<li>It depends on <a href="/dashboard/sites/${circumstance.siteId}"><bdi>${circumstance.name}</bdi></a>, which was ${circumstance.isDown ? 'down' : 'not down'}.</li>`,
  )}</ul></div></section>`
}

function checksOf(title: string, id: string, results: readonly CheckResult[]): Markup {
  if (results.length === 0) return html``
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${resultsTable(results, title)}</section>`
}

function emailsView(emails: readonly Email[], { heldBy }: OutageFound): Markup {
  const nobody = heldBy === null ? 'Nobody was told.' : `Nobody was told, because of ${heldBy}.`
  if (emails.length === 0)
    return html`<section aria-labelledby="emails"><h2 id="emails">Emails</h2><p class="panel quiet-card">${nobody}</p></section>`
  return html`<section aria-labelledby="emails"><h2 id="emails">Emails</h2>${scrollBox('Emails', emailTable(emails))}</section>`
}

function emailTable(emails: readonly Email[]): Markup {
  return html`<table>
<thead><tr><th>About</th><th>To</th><th>Queued</th><th>Sent</th></tr></thead>
<tbody>${emails.map(
    (email) =>
      html`<tr><td>${email.kind}</td><td><bdi>${email.recipient}</bdi></td><td>${showInstant(email.queuedAtMs)}</td><td>${sentText(email)}</td></tr>`,
  )}</tbody></table>`
}

function sentText({ sentAtMs, failedAtMs, lastError, attempts }: Email): Markup {
  if (sentAtMs !== null) return showInstant(sentAtMs)
  if (failedAtMs !== null)
    return html`<span class="state down">given up</span> <bdi>${lastError ?? ''}</bdi>`
  return html`waiting${attempts > 0 ? ` after ${attempts} attempts: ` : ''}<bdi>${lastError ?? ''}</bdi>`
}
