import { html } from 'hono/html'
import type { MaintenanceTimes, PlannedMaintenance } from '#db/maintenance-plan.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import type { Markup } from '../page/layout.ts'
import { concernedFields, concernedText } from './concerned-sites.ts'
import { boxField, choiceField, formField, formSummary, type SentForm } from './form-fields.ts'
import { instantText } from './show-time.ts'

const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export function maintenanceList(
  planned: readonly PlannedMaintenance[],
  names: ReadonlyMap<number, string>,
  note: string | null,
): Markup {
  return html`<div class="title-row"><div><h1>Maintenance</h1>
<p class="soft">Checks go on and outages are recorded, but nobody is told of them before it is over.</p></div>
<a class="button primary" href="/dashboard/maintenance/new">Plan maintenance</a></div>
${note === null ? '' : html`<p class="notice" role="status">${note}</p>`}
${
  planned.length === 0
    ? html`<p class="empty">Nothing is planned.</p>`
    : html`<div class="panel bare scroll"><table class="stacked">
<thead><tr><th>Work</th><th>When</th><th>Concerns</th><th>Status page</th><th><span class="visually-hidden">Remove</span></th></tr></thead>
<tbody>${planned.map((work) => maintenanceRow(work, names))}</tbody></table></div>`
}`
}

function maintenanceRow(work: PlannedMaintenance, names: ReadonlyMap<number, string>): Markup {
  const path = `/dashboard/maintenance/${work.id}`
  const { published } = work
  return html`<tr>
<td class="whole"><strong><bdi>${work.title}</bdi></strong>${work.isUnderWay ? html` <span class="state planned">under way</span>` : ''}</td>
<td class="whole">${timesText(work.when)}</td>
<td class="whole">${concernedText(work, names)}</td>
<td><form method="post" action="${path}/${published ? 'hide' : 'publish'}"><span>${published ? 'shown' : 'not shown'}</span> <button class="small-button" type="submit">${published ? 'Hide' : 'Show'}<span class="visually-hidden"> ${work.title} on the status page</span></button></form></td>
<td><form method="post" action="${path}/remove"><button class="small-button danger" type="submit">Remove<span class="visually-hidden"> ${work.title}</span></button></form></td>
</tr>`
}

/** Pure. In words, as it will come about. */
export function timesText(when: MaintenanceTimes): string {
  if (when.kind === 'once')
    return `${instantText(when.startsAtMs)} to ${instantText(when.endsAtMs)}`
  const { startsLocal, durationMinutes, timeZone, weekdays, monthDays, firstDay, lastDay } = when
  const days = [
    weekdays === null ? null : weekdays.map((day) => weekdayNames[day - 1]).join(', '),
    monthDays === null ? null : `on day ${monthDays.join(', ')} of the month`,
  ].filter((part) => part !== null)
  const bounds = [
    firstDay === null ? null : `from ${firstDay}`,
    lastDay === null ? null : `until ${lastDay}`,
  ].filter((part) => part !== null)
  const every = days.length === 0 ? 'every day' : days.join(', ')
  const times = `${every} at ${startsLocal} ${timeZone} for ${humanDuration(durationMinutes * 60_000)}`
  return [times, ...bounds].join(', ')
}

export function maintenanceForm(sent: SentForm): Markup {
  return html`<p class="crumbs"><a href="/dashboard/maintenance">Maintenance</a></p><h1>Plan maintenance</h1>
${formSummary(sent)}
<form class="form" method="post" action="/dashboard/maintenance/new">
<fieldset class="panel"><legend>What is done</legend><div class="fields">
${formField({ name: 'title', label: 'Title', placeholder: 'New database servers' }, sent)}
${choiceField(
  { name: 'kind', label: 'When' },
  [
    ['once', 'Once'],
    ['recurring', 'Again and again'],
  ],
  sent,
)}
<div class="field flag">${boxField('published', 'true', 'The status page tells of it', sent)}</div>
</div></fieldset>
<fieldset class="panel when-once"><legend>Once</legend><div class="fields">
${formField({ name: 'starts_at', label: 'Starts (UTC)', type: 'datetime-local' }, sent)}
${formField({ name: 'ends_at', label: 'Ends (UTC)', type: 'datetime-local' }, sent)}
</div></fieldset>
<fieldset class="panel when-recurring"><legend>Again and again</legend><div class="fields">
${formField({ name: 'starts_local', label: 'Starts at', type: 'time', hint: 'by the clock of the zone' }, sent)}
${formField({ name: 'duration_minutes', label: 'Lasts (minutes)', placeholder: '60' }, sent)}
${formField({ name: 'time_zone', label: 'Time zone', placeholder: 'Europe/Berlin' }, sent)}
<div class="field"><span class="label" id="weekdays-label">On</span><div class="boxes" id="weekdays" role="group" aria-labelledby="weekdays-label">${weekdayNames.map((name, index) => boxField('weekdays', String(index + 1), name.slice(0, 3), sent))}</div><p class="hint">none: every day</p></div>
${formField({ name: 'month_days', label: 'Days of the month', hint: '1, 15; none: any' }, sent)}
${formField({ name: 'first_day', label: 'From', type: 'date' }, sent)}
${formField({ name: 'last_day', label: 'Until', type: 'date' }, sent)}
</div></fieldset>
<fieldset class="panel"><legend>Whom it concerns</legend><div class="fields">${concernedFields(sent)}</div></fieldset>
<div class="actions"><button class="primary" type="submit">Plan it</button><a class="button" href="/dashboard/maintenance">Cancel</a></div>
</form>`
}
