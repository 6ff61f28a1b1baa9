import type { Traced } from './prober.ts'

type Phase = 'dnsMs' | 'connectMs' | 'tlsMs' | 'ttfbMs'

/** What one probe has learnt of its way so far; the stages write to it as they pass. */
export class Trace {
  statusCode: number | null = null
  remoteAddress: string | null = null
  readonly #startedAtMs = performance.now()
  #markedAtMs = this.#startedAtMs
  #certExpiresAtMs: number | null = null
  readonly #phases: Record<Phase, number | null> = {
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    ttfbMs: null,
  }

  /** A phase begins now. */
  begin(): void {
    this.#markedAtMs = performance.now()
  }

  /** The phase that began last ends now, and the next one begins. */
  end(phase: Phase): void {
    const nowMs = performance.now()
    this.#phases[phase] = (this.#phases[phase] ?? 0) + nowMs - this.#markedAtMs
    this.#markedAtMs = nowMs
  }

  sawCertificate(expiresAtMs: number): void {
    this.#certExpiresAtMs = Math.min(expiresAtMs, this.#certExpiresAtMs ?? expiresAtMs)
  }

  read(): Traced {
    const { dnsMs, connectMs, tlsMs, ttfbMs } = this.#phases
    return {
      phases: {
        dnsMs: rounded(dnsMs),
        connectMs: rounded(connectMs),
        tlsMs: rounded(tlsMs),
        ttfbMs: rounded(ttfbMs),
        totalMs: toHundredths(performance.now() - this.#startedAtMs),
      },
      statusCode: this.statusCode,
      remoteAddress: this.remoteAddress,
      certExpiresAtMs: this.#certExpiresAtMs,
      hops: [],
      httpVersion: null,
      certificate: null,
    }
  }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : toHundredths(ms)
}

/** More digits would be noise that every record and row carries along. */
function toHundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}
