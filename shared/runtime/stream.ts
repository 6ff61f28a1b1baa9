/**
 * The result stream as its users see it: two verbs. Adapters: kafka-publisher.ts and
 * kafka-subscription.ts, and queue-stream.ts.
 */

export type StreamRecord = { readonly key: string; readonly value: string }

export type Publisher = {
  /** Resolves when every record is durable; throws when that is not certain: then some may be. */
  publish(records: readonly StreamRecord[]): Promise<void>
  close(): Promise<void>
}

/** A record as it arrived, with what is needed to find it again. Bytes, for nothing is certain of it yet. */
export type ReceivedRecord = {
  readonly topic: string
  readonly partition: number | null
  /** A whole number as text: it may be larger than a number holds. */
  readonly offset: string | null
  readonly key: string | null
  readonly value: Buffer | null
}

export type Subscription = {
  /** Ends after the batch at hand. */
  close(): Promise<void>
  /** The partitions that are this subscriber's at present; none where there are no partitions. */
  partitions(): readonly number[]
}

/**
 * Handles one batch wholly. When it resolves, the batch is acknowledged; when it throws, it comes
 * again. `alive` must be called now and then while it takes long, and throws when the batch has
 * meanwhile been given to somebody else.
 */
export type BatchHandler = (
  records: readonly ReceivedRecord[],
  alive: () => Promise<void>,
) => Promise<void>
