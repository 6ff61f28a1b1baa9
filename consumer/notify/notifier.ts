import type { Db } from '#db/connect.ts'
import {
  type ClaimedNotification,
  claimNext,
  markDeferred,
  markFailed,
  markSent,
  type NotificationKind,
  notificationKinds,
} from '#db/notifications.ts'
import { isRetryable } from '#db/retryable.ts'
import { NOTIFY_QUEUE, queueDefinitions } from '#shared/contracts/queues.ts'
import { errorText, type Log } from '#shared/runtime/log.ts'
import { Pump } from '#shared/runtime/pump.ts'
import type { FetchedJob, JobQueue } from '#shared/runtime/queue.ts'
import { retry } from '#shared/runtime/retry.ts'
import type { Service } from '#shared/runtime/service.ts'
import { atStep } from '#shared/runtime/step.ts'
import { composeMail } from './compose-mail.ts'
import { MailServerWatch } from './mail-server-watch.ts'
import { MAILS_AT_ONCE, type Mailer, mailerLimits } from './mailer.ts'
import { decodeNotifyJob, type Thread } from './notify-job.ts'
import type { SendOutcome } from './outcome-of-smtp-error.ts'

export type NotifierOptions = {
  readonly db: Db
  readonly queue: Pick<JobQueue, 'fetch' | 'complete' | 'release'>
  readonly mailer: Pick<Mailer, 'send'>
  /** Told of each attempt to send, and of what is given up without one. */
  readonly watcher: DeliveryWatcher
  readonly log: Log
}

export type DeliveryWatcher = {
  /** The mail server has answered, or has not in time. */
  readonly onAttempt: (tookMs: number) => void
  readonly onDelivery: (kind: NotificationKind, outcome: 'sent' | 'retry' | 'failed') => void
}

/** What became of a job. `later`: it goes back to the queue, which waits longer each time. */
type Handled =
  | { readonly outcome: 'finished'; readonly job: FetchedJob }
  | { readonly outcome: 'later'; readonly job: FetchedJob; readonly reason: string }

/**
 * How long a message is one sender's. Longer than any attempt, so that only a killed sender's claim
 * runs out; then the message goes out again, with the same Message-ID, since nobody can know
 * whether the server had taken it.
 */
const CLAIM_SECONDS = mailerLimits.sendMs / 1_000 + 15
const UNSETTLED_MAX = 100
const SETTLE_MAX = 50
const LINGER_MS = 20
/** An email that starts half a second later is not late. */
const IDLE_MS = 500
/** An ordinary mail takes a second or two; the process has 28 s to stop everything. */
const DRAIN_MS = 10_000
/** Between attempts to note down what has already been sent: each failure here risks a second email. */
const MARK_BACKOFF = { firstMs: 100, maxMs: 2_000 }

/** Sends what is queued about outages: each message of a thread once, and in order. Any number may run. */
export class Notifier implements Service {
  readonly name = 'notifier'
  readonly #options: NotifierOptions
  readonly #watch: MailServerWatch
  readonly #pump: Pump<FetchedJob, Handled>
  readonly #stopped = new AbortController()

  constructor(options: NotifierOptions) {
    const { queue, log } = options
    this.#options = options
    this.#watch = new MailServerWatch(log, () => performance.now())
    this.#pump = new Pump<FetchedJob, Handled>({
      name: this.name,
      fetch: (limit) => this.#fetch(limit),
      work: (job) => this.#workOff(job),
      settle: (batch) => this.#settle(batch),
      release: (jobs) => queue.release(NOTIFY_QUEUE, jobs, 'the notifier stopped'),
      onTrouble: (what, error) => log.warn({ what, error: errorText(error) }, 'notifier trouble'),
      maxInFlight: MAILS_AT_ONCE,
      maxUnsettled: UNSETTLED_MAX,
      maxFetch: MAILS_AT_ONCE,
      maxSettle: SETTLE_MAX,
      lingerMs: LINGER_MS,
      idleMs: IDLE_MS,
      drainMs: DRAIN_MS,
    })
  }

  start(): Promise<void> {
    return this.#pump.start()
  }

  async stop(): Promise<void> {
    await this.#pump.stop()
    this.#stopped.abort()
  }

  async #fetch(limit: number): Promise<readonly FetchedJob[]> {
    const admitted = this.#watch.admit(limit)
    return admitted === 0 ? [] : this.#options.queue.fetch(NOTIFY_QUEUE, admitted)
  }

  async #workOff(job: FetchedJob): Promise<Handled> {
    const { log } = this.#options
    const thread = decodeNotifyJob(job.data)
    if ('unreadable' in thread) {
      log.error({ job: job.id, reason: thread.unreadable }, 'notify job dropped')
      return { outcome: 'finished', job }
    }
    try {
      return await this.#sendThread(job, thread)
    } catch (error) {
      if (!isRetryable(error)) throw error
      log.warn({ error: errorText(error) }, 'the database failed the notifier')
      return { outcome: 'later', job, reason: errorText(error) }
    }
  }

  /** Oldest first. What stops one message stops those behind it: a recovery never overtakes its outage. */
  async #sendThread(job: FetchedJob, thread: Thread): Promise<Handled> {
    for (const _ of notificationKinds) {
      const claim = await claimNext(this.#options.db, thread, CLAIM_SECONDS)
      if (claim.outcome === 'nothing_left') break
      if (claim.outcome === 'held') return { outcome: 'later', job, reason: 'held by another' }
      const delivery = await this.#deliver(claim.notification, isLastTry(job))
      if (delivery.outcome === 'put_off') return { outcome: 'later', job, reason: delivery.reason }
    }
    return { outcome: 'finished', job }
  }

  async #deliver(notification: ClaimedNotification, isLast: boolean): Promise<Delivery> {
    const mail = composeMail(notification)
    if ('unsendable' in mail) return this.#giveUp(notification, mail.unsendable)
    atStep('notifier.claimed')
    const begunAtMs = performance.now()
    const sent = await this.#options.mailer.send(mail)
    this.#options.watcher.onAttempt(performance.now() - begunAtMs)
    this.#watch.note(sent)
    if (sent.outcome === 'sent') return this.#noteSent(notification, mail.siteName)
    if (sent.outcome === 'refused') return this.#giveUp(notification, sent.reason)
    if (isLast) return this.#giveUp(notification, `no more tries: ${sent.reason}`)
    return this.#putOff(notification, sent)
  }

  async #noteSent(notification: ClaimedNotification, siteName: string): Promise<Delivery> {
    const { db, log, watcher } = this.#options
    watcher.onDelivery(notification.kind, 'sent')
    atStep('notifier.accepted')
    await retry(() => markSent(db, notification), {
      backoff: MARK_BACKOFF,
      signal: this.#stopped.signal,
      isRetryable,
      onFailure: (error) =>
        log.warn({ ...about(notification), error: errorText(error) }, 'email sent, not noted yet'),
    })
    atStep('notifier.marked')
    log.info({ site: siteName, ...about(notification) }, 'email sent')
    return { outcome: 'done' }
  }

  async #giveUp(notification: ClaimedNotification, reason: string): Promise<Delivery> {
    await markFailed(this.#options.db, notification, reason)
    this.#options.watcher.onDelivery(notification.kind, 'failed')
    this.#options.log.error({ ...about(notification), reason }, 'email given up')
    return { outcome: 'done' }
  }

  /** Trouble of the whole server is told by the watch, once; trouble of one message is told here. */
  async #putOff(notification: ClaimedNotification, sent: PutOff): Promise<Delivery> {
    const { reason } = sent
    this.#options.watcher.onDelivery(notification.kind, 'retry')
    await markDeferred(this.#options.db, notification, reason)
    const isOfMessage = sent.outcome === 'retry' && sent.concerns === 'message'
    this.#options.log[isOfMessage ? 'warn' : 'debug'](
      { ...about(notification), reason },
      'email put off',
    )
    return { outcome: 'put_off', reason }
  }

  async #settle(batch: readonly Handled[]): Promise<void> {
    const { queue } = this.#options
    const { finished = [], later = [] } = Object.groupBy(batch, ({ outcome }) => outcome)
    await queue.complete(
      NOTIFY_QUEUE,
      finished.map(({ job }) => job),
    )
    for (const [reason, jobs] of Map.groupBy(later, reasonOf)) {
      await queue.release(
        NOTIFY_QUEUE,
        jobs.map(({ job }) => job),
        reason,
      )
    }
  }
}

type Delivery =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'put_off'; readonly reason: string }

type PutOff = Extract<SendOutcome, { outcome: 'retry' | 'misconfigured' }>

/** After it the queue gives the job to nobody any more, so its messages must end in one way or the other. */
function isLastTry(job: FetchedJob): boolean {
  const definition = queueDefinitions.find(({ name }) => name === NOTIFY_QUEUE)
  return job.retryCount >= (definition?.retryLimit ?? 0)
}

function reasonOf(handled: Handled): string {
  return handled.outcome === 'later' ? handled.reason : ''
}

function about({ kind, recipient, messageId, attempts }: ClaimedNotification) {
  return { kind, recipient, message_id: messageId, attempts }
}
