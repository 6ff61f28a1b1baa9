import type { EmailFacts, QueueDepth, SiteFacts } from '#db/health-facts.ts'
import type { MigrationState } from '#db/migrate.ts'
import { humanDuration } from '#shared/domain/duration.ts'
import { plainLine } from '#shared/domain/plain-line.ts'
import { type Finding, fail, ok, skipped, warn } from './finding.ts'

/** What facts about the installation mean: every threshold is here. All pure. */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const GIB = 1024 ** 3
const TEXT_MAX = 200

const limits = {
  /** Workers call checks late by their own clock, and slots are by the database's. */
  clockWarnMs: 1 * SECOND_MS,
  clockFailMs: 5 * SECOND_MS,
  /** The scheduler's own `/livez` says no after as long. */
  handFailMs: 30 * SECOND_MS,
  jobWarnMs: MINUTE_MS,
  jobFailMs: 10 * MINUTE_MS,
  lagWarn: 10_000,
  /** They are up to 5 minutes behind by design, and catch up in pieces. */
  rollupWarnMs: 15 * MINUTE_MS,
  emailWarnMs: 5 * MINUTE_MS,
  emailFailMs: 60 * MINUTE_MS,
  /** The scheduler makes them a week ahead, once an hour. */
  partitionWarnDays: 2,
  diskWarnBytes: 5 * GIB,
  diskFailBytes: 0.5 * GIB,
}

export function judgeNode(version: string, wantedMajor: number): Finding {
  const major = Number(version.replace(/^v/, '').split('.')[0])
  if (major >= wantedMajor) return ok(version)
  return fail(
    `${version}, and ${wantedMajor} or newer is needed`,
    'make install, and use scripts/uptick',
  )
}

export function judgeMigrations({ pending, unknown }: MigrationState): Finding {
  if (pending.length > 0) return fail(`not applied: ${pending.join(', ')}`, 'uptick migrate')
  if (unknown.length === 0) return ok('the schema is up to date')
  return warn(
    `a newer version of the code has been here: ${unknown.join(', ')}`,
    'run the same version of the code everywhere',
  )
}

export function judgeRoles(missing: readonly string[]): Finding {
  if (missing.length === 0) return ok('each service has its own')
  return fail(`missing, or without a login: ${missing.join(', ')}`, 'uptick migrate')
}

/** The database was asked at `askedAtMs` and had answered at `answeredAtMs`, by our clock. */
export function judgeClock(databaseMs: number, askedAtMs: number, answeredAtMs: number): Finding {
  const doubtMs = (answeredAtMs - askedAtMs) / 2
  const offMs = Math.abs(databaseMs - (askedAtMs + doubtMs))
  const sureMs = Math.max(0, offMs - doubtMs)
  const found = `${Math.round(offMs)} ms from the database's (± ${Math.round(doubtMs)} ms)`
  if (sureMs < limits.clockWarnMs) return ok(found)
  return (sureMs < limits.clockFailMs ? warn : fail)(found, 'set both clocks by NTP')
}

export function judgePartitions(daysAhead: number): Finding {
  const todo = 'see that a scheduler runs: it makes them, once an hour'
  if (daysAhead < 0) return fail('there is no place for the results of today', todo)
  const found = `results have a place for ${daysAhead} more days`
  return daysAhead < limits.partitionWarnDays ? warn(found, todo) : ok(found)
}

export function judgeHand(behindMs: number): Finding {
  const found = `the clock hand is ${humanDuration(behindMs)} behind`
  if (behindMs < limits.handFailMs) return ok(found)
  return fail(found, 'no scheduler moves it: make start, make logs')
}

export function judgeQueue({ jobs, oldestMs }: QueueDepth, todo: string): Finding {
  if (jobs === 0 || oldestMs === null) return ok('nothing waits')
  const found = `${jobs} ${jobs === 1 ? 'waits' : 'wait'}, the oldest for ${humanDuration(oldestMs)}`
  if (oldestMs < limits.jobWarnMs) return ok(found)
  return (oldestMs < limits.jobFailMs ? warn : fail)(found, todo)
}

export function judgeLag(lag: number): Finding {
  const found = `${lag} results wait for the consumer`
  return lag < limits.lagWarn ? ok(found) : warn(found, 'see that a consumer runs: make logs')
}

export function judgeRollups(behindMs: number | null): Finding {
  if (behindMs === null) return skipped('this schema has none')
  const found = `${humanDuration(behindMs)} behind`
  if (behindMs < limits.rollupWarnMs) return ok(found)
  return warn(found, 'see that a scheduler runs: it moves them on')
}

export function judgeEmails({ unsent, oldestUnsentMs, failed }: EmailFacts): Finding {
  const refused = failed === 0 ? '' : `${failed} refused for good within a day`
  if (unsent > 0 && oldestUnsentMs !== null && oldestUnsentMs >= limits.emailWarnMs) {
    const waits = `${unsent} unsent, the oldest for ${humanDuration(oldestUnsentMs)}`
    const judge = oldestUnsentMs < limits.emailFailMs ? warn : fail
    return judge(
      [waits, refused].filter(Boolean).join('; '),
      'see that a consumer runs, and the mail server',
    )
  }
  if (failed > 0)
    return warn(
      refused,
      'select recipient, last_error from notifications where failed_at is not null',
    )
  return ok(unsent === 0 ? 'all are sent' : `${unsent} on their way`)
}

export function judgeDeadLetters({
  count,
  lastReason,
}: {
  count: number
  lastReason: string | null
}): Finding {
  if (count === 0) return ok('none within a day')
  const found = `${count} within a day, the last: ${plainLine(lastReason ?? '', TEXT_MAX)}`
  return warn(found, 'select reason, value from dead_letter order by id desc limit 10')
}

export function judgeSites({ watched, invalid }: SiteFacts): Finding {
  if (watched === 0) return warn('none is watched', 'uptick sites add URL, or make load-data')
  if (invalid === 0) return ok(`${watched} watched, all can be checked`)
  return warn(`${invalid} of ${watched} cannot be checked`, 'uptick sites list --state invalid')
}

/** `defaults`: what ALERT_EMAIL_TO says; null: it is not known here. */
export function judgeRecipients(
  { watched, withoutRecipients: lacking }: SiteFacts,
  defaults: readonly string[] | null,
): Finding {
  if (lacking === 0) return ok('every site names its own')
  const found = `${lacking} of ${watched} sites name none`
  if (defaults === null)
    return skipped(`${found}; whether ALERT_EMAIL_TO is set for the consumer is not known here`)
  if (defaults.length > 0) return ok(`${found}: ${defaults.join(', ')} is told`)
  return warn(
    `${found}, and nobody is told of them`,
    'set ALERT_EMAIL_TO, or alert_emails of the sites',
  )
}

export function judgeDisk({ free, total }: { free: number; total: number }): Finding {
  const found = `${(free / GIB).toFixed(1)} GiB of ${(total / GIB).toFixed(1)} GiB free`
  if (free >= limits.diskWarnBytes) return ok(found)
  return (free < limits.diskFailBytes ? fail : warn)(found, 'make room where .uptick is')
}
