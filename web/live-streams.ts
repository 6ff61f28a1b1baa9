/** What a stream may cost. */
export type StreamLimits = {
  /** Open at once. Below what the server takes as connections, so that pages are served beside them. */
  readonly streams: number
  /** Well within the silence after which the server, and proxies on the way, cut a connection. */
  readonly heartbeatMs: number
  /** Texts that a client may leave unread before it is dropped. */
  readonly unread: number
  /** After this a stream is ended, and a browser opens another: what was cut off unseen goes by itself. */
  readonly lifeMs: number
}

const defaultLimits: StreamLimits = {
  streams: 1_000,
  heartbeatMs: 10_000,
  unread: 16,
  lifeMs: 60 * 60_000,
}
/** What a browser waits for before it opens another stream. */
const RETRY_MS = 3_000
const FULL_RETRY_S = 30

type Stream = {
  readonly sink: ReadableStreamDefaultController<Uint8Array>
  readonly endAtMs: number
}

/** Streams of server-sent events to whoever has a page open. All are told the same. */
export class LiveStreams {
  readonly #limits: StreamLimits
  readonly #streams = new Set<Stream>()
  readonly #encoder = new TextEncoder()
  #heartbeat: NodeJS.Timeout | null = null

  constructor(limits: StreamLimits = defaultLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#streams.size
  }

  /** The answer to a GET, with something to be said at once or null; 503 when there are too many. */
  open(first: string | null): Response {
    if (this.#streams.size >= this.#limits.streams) {
      return new Response('too many streams', {
        status: 503,
        headers: { 'retry-after': String(FULL_RETRY_S) },
      })
    }
    let opened: Stream | null = null
    const body = new ReadableStream<Uint8Array>(
      {
        start: (sink) => {
          opened = { sink, endAtMs: Date.now() + this.#limits.lifeMs }
          this.#streams.add(opened)
          this.#beat()
          this.#write(opened, `retry: ${RETRY_MS}\n\n${first ?? ''}`)
        },
        cancel: () => {
          if (opened !== null) this.#forget(opened)
        },
      },
      new CountQueuingStrategy({ highWaterMark: this.#limits.unread }),
    )
    return new Response(body, { headers: eventStreamHeaders })
  }

  /** To all that are open; `text` as `liveEvent` makes it. */
  send(text: string): void {
    for (const stream of [...this.#streams]) this.#write(stream, text)
  }

  /** Ends all of them at once. */
  end(): void {
    for (const stream of [...this.#streams]) this.#close(stream)
  }

  #write(stream: Stream, text: string): void {
    // Whoever does not read gets no more to read.
    if ((stream.sink.desiredSize ?? 0) <= 0) this.#close(stream)
    else stream.sink.enqueue(this.#encoder.encode(text))
  }

  #close(stream: Stream): void {
    this.#forget(stream)
    stream.sink.close()
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0 || this.#heartbeat === null) return
    clearInterval(this.#heartbeat)
    this.#heartbeat = null
  }

  #beat(): void {
    this.#heartbeat ??= setInterval(() => {
      const nowMs = Date.now()
      for (const stream of [...this.#streams]) {
        if (stream.endAtMs <= nowMs) this.#close(stream)
        else this.#write(stream, ':\n\n')
      }
    }, this.#limits.heartbeatMs)
  }
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would collect what is to be seen at once.
  'x-accel-buffering': 'no',
} as const

/** One event. Its id comes back from a browser that connects again, as `Last-Event-ID`. Without line breaks in either. */
export function liveEvent(name: string, id: string): string {
  return `event: ${name}\nid: ${id}\ndata: ${id}\n\n`
}
