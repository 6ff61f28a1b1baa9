import type { Certificate, Hop } from '#shared/domain/result.ts'
import type { Traced } from './prober.ts'

type Phase = 'dnsMs' | 'connectMs' | 'tlsMs' | 'ttfbMs'
type OpenHop = { -readonly [Name in Exclude<keyof Hop, 'totalMs'>]: Hop[Name] } & {
  readonly startedAtMs: number
}

/** What one probe has learnt of its way so far; the stages write to it as they pass. */
export class Trace {
  /** As the last answer said. */
  httpVersion: string | null = null
  readonly #startedAtMs = performance.now()
  #markedAtMs = this.#startedAtMs
  #hop = openHop(this.#startedAtMs)
  readonly #earlier: Hop[] = []
  #statusCode: number | null = null
  #remoteAddress: string | null = null
  #certExpiresAtMs: number | null = null
  #certificate: Certificate | null = null

  /** The request so far is over, and a redirect makes another one. */
  nextHop(): void {
    const nowMs = performance.now()
    this.#earlier.push(closed(this.#hop, nowMs))
    this.#hop = openHop(nowMs)
    this.#markedAtMs = nowMs
  }

  /** A phase begins now. */
  begin(): void {
    this.#markedAtMs = performance.now()
  }

  /** The phase that began last ends now, and the next one begins. */
  end(phase: Phase): void {
    const nowMs = performance.now()
    this.#hop[phase] = (this.#hop[phase] ?? 0) + nowMs - this.#markedAtMs
    this.#markedAtMs = nowMs
  }

  connectedTo(address: string): void {
    this.#remoteAddress = address
    this.#hop.remoteAddress = address
  }

  answered(statusCode: number): void {
    this.#statusCode = statusCode
    this.#hop.statusCode = statusCode
  }

  /** `soonestExpiryMs`: of it and those shown along with it. */
  sawCertificate(certificate: Certificate, soonestExpiryMs: number): void {
    this.#certificate = certificate
    this.#certExpiresAtMs = Math.min(soonestExpiryMs, this.#certExpiresAtMs ?? soonestExpiryMs)
  }

  read(): Traced {
    const nowMs = performance.now()
    const hops =
      this.#earlier.length === 0 ? this.#earlier : [...this.#earlier, closed(this.#hop, nowMs)]
    const sum = (phase: Phase) => summed(this.#hop[phase], this.#earlier, phase)
    return {
      phases: {
        dnsMs: sum('dnsMs'),
        connectMs: sum('connectMs'),
        tlsMs: sum('tlsMs'),
        ttfbMs: sum('ttfbMs'),
        totalMs: toHundredths(nowMs - this.#startedAtMs),
      },
      hops,
      statusCode: this.#statusCode,
      httpVersion: this.httpVersion,
      remoteAddress: this.#remoteAddress,
      certExpiresAtMs: this.#certExpiresAtMs,
      certificate: this.#certificate,
    }
  }
}

function openHop(startedAtMs: number): OpenHop {
  return {
    startedAtMs,
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    ttfbMs: null,
    statusCode: null,
    remoteAddress: null,
  }
}

function closed({ startedAtMs, ...hop }: OpenHop, nowMs: number): Hop {
  return {
    ...hop,
    dnsMs: rounded(hop.dnsMs),
    connectMs: rounded(hop.connectMs),
    tlsMs: rounded(hop.tlsMs),
    ttfbMs: rounded(hop.ttfbMs),
    totalMs: toHundredths(nowMs - startedAtMs),
  }
}

function summed(last: number | null, earlier: readonly Hop[], phase: Phase): number | null {
  if (earlier.length === 0) return rounded(last)
  const reached = [...earlier.map((hop) => hop[phase]), last].filter((ms) => ms !== null)
  return reached.length === 0 ? null : toHundredths(reached.reduce((sum, ms) => sum + ms, 0))
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : toHundredths(ms)
}

/** More digits would be noise that every record and row carries along. */
function toHundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}
