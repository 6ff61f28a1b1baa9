import { describe, expect, test } from 'vitest'
import { defaultTarget } from '#shared/domain/check.ts'
import { type Look, nothingSaid, saidIn, singleLook } from './single-look.ts'

const target = { ...defaultTarget, url: 'x:' }
const look = (seen: Look) => singleLook(seen).probe(target, 'none')
const coded = (code: string) => Object.assign(new Error(code), { code })

describe('an exchange', () => {
  test.each<[string, Look, object]>([
    ['that was answered', async () => nothingSaid, { outcome: 'answered', headers: {} }],
    [
      'that a stop ended, with what it knows of the answer',
      async () => ({ outcome: 'failed', failure: 'dns', message: 'no', rcode: 'NXDOMAIN' }),
      { outcome: 'failed', failure: 'dns', rcode: 'NXDOMAIN' },
    ],
    [
      'that we are to blame for',
      async () => ({ outcome: 'inconclusive', message: 'we are tired' }),
      { outcome: 'inconclusive', message: 'we are tired' },
    ],
    [
      'that throws what the target did',
      async () => Promise.reject(coded('ECONNRESET')),
      { outcome: 'failed', failure: 'reset' },
    ],
    [
      'that throws what we did',
      async () => Promise.reject(coded('EMFILE')),
      { outcome: 'inconclusive', message: 'this worker has no file descriptor left' },
    ],
  ])('%s', async (_, seen, expected) => {
    expect(await look(seen)).toMatchObject({
      ...expected,
      statusCode: null,
      phases: { totalMs: expect.any(Number) },
    })
  })
})

test('what was said is kept as text, its beginning to 1 KiB', () => {
  const said = saidIn(Buffer.from(`\xff${'x'.repeat(2_000)}`, 'latin1'), 'beginning')
  expect(said).toEqual({
    body: { kind: 'beginning', text: `\ufffd${'x'.repeat(2_000)}` },
    responseBytes: 2_001,
    beginning: `\ufffd${'x'.repeat(1_023)}`,
  })
})
