/**
 * Bugs that a pipeline of this kind could have, each as an edit of the source while it is loaded
 * (plant-bug.ts). A harness that finds none of them would say nothing when it finds nothing.
 */

export type Edit = {
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export type PlantedBug = {
  readonly name: string
  /** What goes wrong, as a sentence. */
  readonly sentence: string
  readonly edits: readonly Edit[]
}

const completeBatch = 'await feed.complete(batch.map((settled) => settled.job))'

export const plantedBugs = [
  {
    name: 'acknowledge_before_publish',
    sentence: 'A worker completes its jobs, then publishes their results.',
    edits: [
      {
        file: 'worker/worker.ts',
        find: "  atStep('worker.before_publish')\n",
        replace: `  ${completeBatch}\n  atStep('worker.before_publish')\n`,
      },
    ],
  },
  {
    name: 'complete_before_acknowledgement',
    sentence:
      'A worker completes its jobs while the broker has not said yet that it has the results.',
    edits: [
      {
        file: 'worker/worker.ts',
        find: '  await acknowledged\n',
        replace: `  ${completeBatch}\n  await acknowledged\n`,
      },
    ],
  },
  {
    name: 'swallowed_producer_error',
    sentence: 'What the broker does not take is taken for published.',
    edits: [
      {
        file: 'shared/runtime/kafka-publisher.ts',
        find: '        messages: [...records],\n      })',
        replace: '        messages: [...records],\n      }).catch(() => undefined)',
      },
    ],
  },
  {
    name: 'batch_dropped_on_shutdown',
    sentence: 'A worker that is asked to end takes what it has at hand for done.',
    edits: [
      {
        file: 'shared/runtime/pump.ts',
        find: 'if (this.#abandoning.signal.aborted) return true',
        replace: 'if (this.#stopping.signal.aborted) return true',
      },
      {
        file: 'worker/worker.ts',
        find: "feed.release(jobs, 'the worker stopped')",
        replace: 'feed.complete(jobs)',
      },
    ],
  },
  {
    name: 'expiry_off',
    sentence: 'Nobody notices jobs whose worker has died: they never come back.',
    edits: [
      {
        file: 'shared/runtime/queue.ts',
        find: 'supervise: settings.supervises,',
        replace: 'supervise: false,',
      },
    ],
  },
  {
    name: 'old_jobs_probed',
    sentence: 'A check that is older than its cadence is made all the same.',
    edits: [
      {
        file: 'worker/worker.ts',
        find: 'if (lateMs > check.cadenceSeconds * 1000) return',
        replace: 'if (lateMs > 1e9) return',
      },
    ],
  },
  {
    name: 'duplicate_slots',
    sentence: 'A job has an id of its own, and the hand moves after the jobs are there.',
    edits: [
      {
        file: 'scheduler/enqueue-due-checks.ts',
        find: 'id: checkId(site.id, wanted.slotMs),',
        replace: 'id: crypto.randomUUID(),',
      },
      {
        file: 'scheduler/enqueue-due-checks.ts',
        find: '    await moveHand(trx, nowMs)\n',
        replace: '    void db.transaction().execute((later) => moveHand(later, nowMs))\n',
      },
    ],
  },
  {
    name: 'no_dedupe',
    sentence: 'A result that comes twice counts twice.',
    edits: [
      {
        file: 'consumer/record-batch.ts',
        find: 'if (!first.has(keyOf(result))) first.set(keyOf(result), result)',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source.
        replace: 'first.set(`${keyOf(result)} ${first.size}`, result)',
      },
      {
        file: 'shared/domain/health.ts',
        find: 'slotMs <= health.lastSlotMs)',
        replace: 'slotMs < health.lastSlotMs)',
      },
    ],
  },
  {
    name: 'late_rule_off',
    sentence: 'A result that comes after a newer one is taken as if it came in order.',
    edits: [
      {
        file: 'consumer/record-batch.ts',
        find: 'return lastSlotMs !== null && result.slotMs <= lastSlotMs',
        replace: 'return false',
      },
    ],
  },
  {
    name: 'offset_before_commit',
    sentence: 'The offset of a batch is committed before the batch is.',
    edits: [
      {
        file: 'shared/runtime/kafka-subscription.ts',
        find: '    try {\n      await handle(',
        replace:
          "    resolveOffset(messages.at(-1)?.offset ?? '0')\n" +
          '    await commitOffsetsIfNecessary(uncommittedOffsets())\n' +
          '    try {\n      await handle(',
      },
    ],
  },
  {
    name: 'email_before_commit',
    sentence: 'An email is sent within the transaction that opens its outage.',
    edits: [
      {
        file: 'consumer/queue-notifications.ts',
        find: '  const created = await insertNotifications(trx, wanted)\n',
        replace: `  const created = await insertNotifications(trx, wanted)
  const { markSent } = await import('#db/notifications.ts')
  const { composeMail } = await import('./notify/compose-mail.ts')
  const { openMailer } = await import('./notify/mailer.ts')
  const { readConsumerSettings } = await import('./settings.ts')
  const mailer = openMailer(readConsumerSettings(process.env).mail)
  for (const row of created) {
    const { messageId, facts } = wanted.find(({ aboutId, kind, recipient }) =>
      aboutId === row.aboutId && kind === row.kind && recipient === row.recipient)
    const stored = JSON.parse(JSON.stringify(facts))
    const sent = await mailer.send(composeMail({ ...row, messageId, attempts: 1, facts: stored }))
    if (sent.outcome === 'sent') await markSent(trx, { id: row.id, attempts: 1 })
  }
  mailer.close()
`,
      },
    ],
  },
  {
    name: 'email_marked_before_sent',
    sentence: 'An email is noted as sent, then sent.',
    edits: [
      {
        file: 'consumer/notify/notifier.ts',
        find: "    atStep('notifier.claimed')\n",
        replace:
          "    await markSent(this.#options.db, notification)\n    atStep('notifier.claimed')\n",
      },
    ],
  },
  {
    name: 'recovery_before_outage',
    sentence: 'Of the emails of an outage the newest goes first.',
    edits: [
      {
        file: 'db/notifications.ts',
        find: 'order by id limit 1 for update',
        replace: 'order by id desc limit 1 for update',
      },
    ],
  },
  {
    name: 'message_id_of_each_attempt',
    sentence: 'An email that is sent again is another email.',
    edits: [
      {
        file: 'consumer/notify/mailer.ts',
        find: 'const { to, subject, text, html, messageId, inReplyTo } = mail\n',
        replace:
          'const { to, subject, text, html, inReplyTo } = mail\n' +
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source.
          '  const messageId = `<${crypto.randomUUID()}@${domain}>`\n',
      },
    ],
  },
  {
    name: 'recovery_at_first_success',
    sentence: 'One good result ends an outage, whatever the threshold.',
    edits: [
      {
        file: 'shared/domain/health.ts',
        find: "result === 'down' ? thresholds.failure : thresholds.recovery",
        replace: "result === 'down' ? thresholds.failure : 1",
      },
    ],
  },
  {
    name: 'dead_letter_swallowed',
    sentence: 'A record that cannot be read is passed over without a word.',
    edits: [
      {
        file: 'consumer/record-batch.ts',
        find: '  await insertDeadLetters(trx, deadLetters)\n',
        replace: '',
      },
    ],
  },
  {
    name: 'own_trouble_booked_as_down',
    sentence: 'What a worker saw while it was stalled counts as what its sites did.',
    edits: [
      {
        file: 'worker/probe/perform-check.ts',
        find: 'if (trouble === null) return verdict',
        replace: "if (trouble === null || trouble.concerns === 'verdict') return verdict",
      },
    ],
  },
  {
    name: 'secret_logged',
    sentence: 'A worker writes the secrets of a check into its log.',
    edits: [
      {
        file: 'worker/probe/secret-files.ts',
        find: "    return text === '' ?",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source.
        replace: "    console.log(`read ${text}`)\n    return text === '' ?",
      },
    ],
  },
] as const satisfies readonly PlantedBug[]
export type PlantedBugName = (typeof plantedBugs)[number]['name']

/** Throws for text that is not there exactly once: a changed source must not make a bug vanish. */
export function edited(source: string, { file, find, replace }: Edit): string {
  const found = source.split(find).length - 1
  if (found !== 1)
    throw new Error(`a planted bug does not fit ${file}: found ${found} times: ${find}`)
  return source.replace(find, () => replace)
}
