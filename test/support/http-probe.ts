import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  defaultExpectation,
  defaultTarget,
  type Expectation,
  type Target,
} from '#shared/domain/check.ts'
import { httpProber } from '../../worker/probe/http-prober.ts'
import { type Examined, examine } from '../../worker/probe/perform-check.ts'
import type { Resolve } from '../../worker/probe/resolver.ts'
import { SECRET_BYTES_MAX, secretFiles } from '../../worker/probe/secret-files.ts'
import { secretsOf } from '../../worker/probe/secrets-of.ts'
import { unwatched } from '../../worker/probe/self-watch.ts'

/** A worker's way of checking over HTTP, with a folder of secrets of its own. */
export type HttpProbe = {
  readonly secretsDir: string
  keep(name: string, content: string): Promise<void>
  look(url: string, ask?: Partial<Target & Expectation>, checkId?: string): Promise<Examined>
  end(): Promise<void>
}

export type HttpProbeOptions = {
  readonly trustedCa?: string
  /** Every name is 127.0.0.1 by default; no question leaves the machine. */
  readonly resolve?: Resolve
  /** Stand-ins on loopback for the addresses that are always refused. */
  readonly alsoRefused?: readonly string[]
  readonly withoutSecrets?: boolean
}

export async function openHttpProbe(options: HttpProbeOptions = {}): Promise<HttpProbe> {
  const { alsoRefused = [], trustedCa, withoutSecrets = false } = options
  const { resolve = async () => ['127.0.0.1'] } = options
  const secretsDir = await mkdtemp(path.join(tmpdir(), 'uptick-secrets-'))
  const folder = withoutSecrets ? null : secretsDir
  const prober = httpProber({
    version: '0.0.0',
    addresses: { allowPrivate: true, alsoRefused },
    resolve,
    secretsDir: folder,
    ...(trustedCa === undefined ? {} : { trustedCa }),
  })
  const tools = {
    prober,
    clock: { nowMs: () => 61_000 },
    selfWatch: unwatched,
    secretsOf: secretsOf(secretFiles({ folder, bytesMax: SECRET_BYTES_MAX })),
    worker: 'w1',
  }
  return {
    secretsDir,
    keep: (name, content) => writeFile(path.join(secretsDir, name), content),
    look: (url, ask = {}, checkId) =>
      examine(
        {
          siteId: 7,
          slotMs: 60_000,
          cadenceSeconds: 60,
          occasion: 'slot',
          avoidWorker: null,
          target: { ...defaultTarget, timeoutMs: 5_000, ...ask, url },
          expectation: { ...defaultExpectation, ...ask },
        },
        checkId === undefined ? tools : { ...tools, checkId },
      ),
    end: () => rm(secretsDir, { recursive: true }),
  }
}
