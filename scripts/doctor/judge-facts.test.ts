import { describe, expect, test } from 'vitest'
import type { Finding } from './finding.ts'
import {
  judgeClock,
  judgeDeadLetters,
  judgeDisk,
  judgeEmails,
  judgeHand,
  judgeLag,
  judgeMigrations,
  judgeNode,
  judgePartitions,
  judgeQueue,
  judgeRecipients,
  judgeRoles,
  judgeRollups,
  judgeSites,
} from './judge-facts.ts'

const GIB = 1024 ** 3
const sites = { watched: 5, invalid: 0, withoutRecipients: 0 }
const emails = { unsent: 0, oldestUnsentMs: null, failed: 0 }
const jobs = (count: number, oldestMs: number | null) =>
  judgeQueue({ jobs: count, oldestMs }, 'see the workers')

describe('a fact is judged', () => {
  test.each<[string, Finding, Finding['outcome'], string]>([
    ['the Node of the lock file', judgeNode('v24.1.0', 24), 'ok', 'v24.1.0'],
    ['a Node of the system', judgeNode('v20.9.0', 24), 'fail', '24 or newer is needed'],
    ['a schema of today', judgeMigrations({ pending: [], unknown: [] }), 'ok', 'up to date'],
    ['a schema of yesterday', judgeMigrations({ pending: ['9_x'], unknown: [] }), 'fail', '9_x'],
    ['a schema of tomorrow', judgeMigrations({ pending: [], unknown: ['99_x'] }), 'warn', '99_x'],
    ['all roles', judgeRoles([]), 'ok', ''],
    ['a role that is missing', judgeRoles(['uptick_web']), 'fail', 'uptick_web'],
    ['the same time', judgeClock(1_000, 900, 1_100), 'ok', '0 ms from'],
    ['a second that may be the way of the answer', judgeClock(2_000, 0, 2_000), 'ok', '± 1000 ms'],
    ['a clock that is slow', judgeClock(3_000, 1_000, 1_000), 'warn', '2000 ms from'],
    ['a clock of yesterday', judgeClock(1_000, 86_400_000, 86_400_010), 'fail', ''],
    ['a week of partitions', judgePartitions(7), 'ok', '7 more days'],
    ['partitions that end tomorrow', judgePartitions(1), 'warn', '1 more days'],
    ['no partition of today', judgePartitions(-1), 'fail', 'no place'],
    ['a hand that moves', judgeHand(1_200), 'ok', '1s behind'],
    ['a hand that stands still', judgeHand(31_000), 'fail', '31s behind'],
    ['an empty queue', jobs(0, null), 'ok', 'nothing waits'],
    ['jobs that were just put in', jobs(500, 3_000), 'ok', '500 wait'],
    ['a job that waits', jobs(1, 61_000), 'warn', '1 waits, the oldest for 1m'],
    ['jobs that nobody fetches', jobs(9, 3_600_000), 'fail', '1h 00m'],
    ['a consumer that keeps up', judgeLag(12), 'ok', '12 results'],
    ['one that does not', judgeLag(1_000_000), 'warn', '1000000'],
    ['rollups of just now', judgeRollups(300_000), 'ok', '5m behind'],
    ['rollups that stand still', judgeRollups(3_600_000), 'warn', '1h 00m'],
    ['a schema without them', judgeRollups(null), 'skipped', 'none'],
    ['no emails', judgeEmails(emails), 'ok', 'all are sent'],
    ['emails on their way', judgeEmails({ ...emails, unsent: 2, oldestUnsentMs: 9 }), 'ok', '2 on'],
    [
      'an email that waits',
      judgeEmails({ unsent: 1, oldestUnsentMs: 360_000, failed: 1 }),
      'warn',
      '1 unsent, the oldest for 6m; 1 refused',
    ],
    [
      'emails that are stuck',
      judgeEmails({ ...emails, unsent: 1, oldestUnsentMs: 7_200_000 }),
      'fail',
      '2h 00m',
    ],
    ['a refused email', judgeEmails({ ...emails, failed: 1 }), 'warn', '1 refused for good'],
    ['no dead letters', judgeDeadLetters({ count: 0, lastReason: null }), 'ok', ''],
    [
      'dead letters, whose reason steers no terminal',
      judgeDeadLetters({ count: 2, lastReason: 'a\u001b[2Jb' }),
      'warn',
      '2 within a day, the last: a [2Jb',
    ],
    ['sites', judgeSites(sites), 'ok', '5 watched'],
    ['sites that cannot be checked', judgeSites({ ...sites, invalid: 1 }), 'warn', '1 of 5'],
    ['no sites', judgeSites({ ...sites, watched: 0 }), 'warn', 'none'],
    ['recipients of all', judgeRecipients(sites, null), 'ok', ''],
    [
      'none, but a default',
      judgeRecipients({ ...sites, withoutRecipients: 1 }, ['a@b.c']),
      'ok',
      'a@b.c',
    ],
    [
      'none at all',
      judgeRecipients({ ...sites, withoutRecipients: 1 }, []),
      'warn',
      'nobody is told',
    ],
    [
      'none that is known',
      judgeRecipients({ ...sites, withoutRecipients: 1 }, null),
      'skipped',
      '',
    ],
    ['room', judgeDisk({ free: 100 * GIB, total: 200 * GIB }), 'ok', '100.0 GiB of 200.0 GiB'],
    ['little room', judgeDisk({ free: 2 * GIB, total: 200 * GIB }), 'warn', ''],
    ['no room', judgeDisk({ free: 0, total: 200 * GIB }), 'fail', '0.0 GiB'],
  ])('%s', (_, finding, outcome, part) => {
    expect(finding.outcome).toBe(outcome)
    expect(finding.found).toContain(part)
    if ('todo' in finding) expect(finding.todo).not.toBe('')
  })
})
