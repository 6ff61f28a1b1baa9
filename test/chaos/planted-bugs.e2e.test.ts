import { describe, expect, inject, test } from 'vitest'
import { atMost } from './at-most.ts'
import type { Invariant } from './invariant.ts'
import { invariants } from './invariants.ts'
import { type PlantedBugName, plantedBugs } from './planted-bugs.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

type Caught = {
  readonly bug: PlantedBugName
  readonly scenario: keyof typeof scenarios
  /** The invariant that catches it, and what that says. */
  readonly by: Invariant['id']
  readonly says: RegExp
  /** How long the run goes on after the last slot: a lost job is lost once its time is over. */
  readonly drainMs?: number
}

const caught: readonly Caught[] = [
  {
    bug: 'acknowledge_before_publish',
    scenario: 'processes_die',
    by: 'I2',
    says: /completed without a row/,
  },
  {
    bug: 'complete_before_acknowledgement',
    scenario: 'broker_away',
    by: 'I2',
    says: /completed without a row/,
  },
  {
    bug: 'swallowed_producer_error',
    scenario: 'broker_away',
    by: 'I2',
    says: /completed without a row/,
  },
  {
    bug: 'batch_dropped_on_shutdown',
    scenario: 'processes_die',
    by: 'I2',
    says: /completed without a row/,
  },
  {
    bug: 'expiry_off',
    scenario: 'processes_die',
    by: 'I2',
    says: /never came to an end/,
    drainMs: 18_000,
  },
  {
    bug: 'old_jobs_probed',
    scenario: 'workers_sleep',
    by: 'I13',
    says: /when it was older than its cadence/,
  },
  { bug: 'duplicate_slots', scenario: 'processes_die', by: 'I1', says: /has the jobs/ },
  { bug: 'no_dedupe', scenario: 'stream_in_disorder', by: 'I5', says: /stored .* folded/ },
  { bug: 'late_rule_off', scenario: 'stream_in_disorder', by: 'I5', says: /stored .* folded/ },
  {
    bug: 'recovery_at_first_success',
    scenario: 'stream_in_disorder',
    by: 'I5',
    says: /stored .* folded/,
  },
  {
    bug: 'offset_before_commit',
    scenario: 'stream_in_disorder',
    by: 'I3',
    says: /slot .* is neither a row nor a dead letter/,
  },
  {
    bug: 'dead_letter_swallowed',
    scenario: 'stream_in_disorder',
    by: 'I3',
    says: /not readable.* is neither a row nor a dead letter/,
  },
  { bug: 'email_before_commit', scenario: 'mail_in_trouble', by: 'I6', says: /sent again/ },
  {
    bug: 'email_marked_before_sent',
    scenario: 'mail_in_trouble',
    by: 'I6',
    says: /noted as sent, and never arrived/,
  },
  {
    bug: 'recovery_before_outage',
    scenario: 'mail_in_trouble',
    by: 'I6',
    says: /came before its outage/,
  },
  {
    bug: 'message_id_of_each_attempt',
    scenario: 'mail_in_trouble',
    by: 'I6',
    says: /belongs to no message/,
  },
  {
    bug: 'own_trouble_booked_as_down',
    scenario: 'workers_sleep',
    by: 'I4',
    says: /stored as down .* the site was (slow|not asked)/,
  },
  { bug: 'secret_logged', scenario: 'workers_sleep', by: 'I15', says: /planted-site|secret/ },
]

const DRAIN_MS = 3_000
const CLEAN_DRAIN_MS = 60_000
/** Of them one is enough, with its processes, for each core. */
const inTurns = atMost(2)
const RUNS_MS = 900_000
/** A fault meets what it was meant for by chance: a bug is found in one of three runs. A run without a bug is clean at once. */
const TRIES_MORE = 2

const kafka = inject('kafka')
const shared = {
  superuserUrl: inject('postgresUrl'),
  brokers: 'brokers' in kafka ? kafka.brokers : '',
}

describe.skipIf('missing' in kafka)('the harness', () => {
  test.concurrent.each(caught)(
    'finds the bug $bug by $by',
    {
      timeout: RUNS_MS,
      retry: TRIES_MORE,
    },
    async ({ bug, scenario, by, says, drainMs = DRAIN_MS }) => {
      const asked = invariants.filter(({ id }) => id === by)
      const options = { shared, bug, invariants: asked, drainMs }
      const { examined } = await inTurns(() => runScenario(scenarios[scenario], options))
      expect(examined.flatMap(({ violations }) => violations).join('\n')).toMatch(says)
    },
  )

  test.concurrent.each(Object.entries(scenarios))(
    'finds nothing without a bug: %s',
    {
      timeout: RUNS_MS,
    },
    async (_, scenario) => {
      const options = { shared, bug: null, invariants, drainMs: CLEAN_DRAIN_MS }
      const { examined, trouble } = await inTurns(() => runScenario(scenario, options))
      expect(
        examined.flatMap(({ id, violations }) =>
          violations.map((violation) => `${id} ${violation}`),
        ),
      ).toEqual([])
      expect(trouble).toEqual([])
    },
  )
})

test('every planted bug is in the table', () => {
  expect(caught.map(({ bug }) => bug).toSorted()).toEqual(
    plantedBugs.map(({ name }) => name).toSorted(),
  )
})
