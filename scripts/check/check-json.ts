import { type ResultRecordV1, resultRecord } from '#shared/contracts/result-record.ts'
import type { Target } from '#shared/domain/check.ts'
import type { Examined } from '../../worker/probe/perform-check.ts'

/**
 * What `uptick check --json` prints: the fields of the result record that say something of a check by
 * hand, none left out, and how each rule was judged. Described in docs/cli.md. Pure.
 */
export function checkJson({ kind, url }: Target, { result, assertions }: Examined): string {
  const { v, site_id, slot, occasion, worker, ...said }: ResultRecordV1 = resultRecord(result)
  const report = {
    url,
    kind,
    ...said,
    hops: said.hops ?? [],
    remote_address: said.remote_address ?? null,
    http_version: said.http_version ?? null,
    certificate: said.certificate ?? null,
    excerpt: said.excerpt ?? null,
    assertions,
  }
  return `${JSON.stringify(report)}\n`
}
