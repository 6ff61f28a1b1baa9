import { describe, expect, test } from 'vitest'
import { unpainted } from '../paint.ts'
import { type HealthCheck, ok, warn } from './finding.ts'
import { lookAll } from './look-all.ts'
import { doctorJson, renderFindings } from './render-findings.ts'

const never: HealthCheck['look'] = () => new Promise(() => undefined)

describe('checks of the installation', () => {
  test('begin together, and one that never answers keeps nobody else', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const findings = await lookAll(
      [
        { name: 'first', look: () => gate.then(() => ok('after the second')) },
        {
          name: 'second',
          look: async () => {
            open()
            return ok('at once')
          },
        },
        { name: 'silent', look: never },
      ],
      50,
    )
    expect(findings).toEqual([
      { name: 'first', outcome: 'ok', found: 'after the second' },
      { name: 'second', outcome: 'ok', found: 'at once' },
      expect.objectContaining({
        name: 'silent',
        outcome: 'fail',
        found: 'no answer within 0.05 s',
      }),
    ])
  })

  test('that throw are failures, and what they say steers no terminal', async () => {
    const look = () => Promise.reject(new Error('a\u001b[2Jb'))
    const findings = await lookAll([{ name: 'broken', look }])
    expect(renderFindings(findings, unpainted)).toBe(
      'FAIL  broken           a [2Jb\n                       -> see what its own log says\n\n1 failure, 0 warnings\n',
    )
  })

  test('are as bad as the worst of them', async () => {
    const checks: HealthCheck[] = [
      { name: 'a', look: async () => ok('fine') },
      { name: 'b', look: async () => warn('hm', 'do it') },
    ]
    expect(JSON.parse(doctorJson(await lookAll(checks)))).toEqual({
      outcome: 'warn',
      checks: [
        { name: 'a', outcome: 'ok', found: 'fine', todo: null },
        { name: 'b', outcome: 'warn', found: 'hm', todo: 'do it' },
      ],
    })
  })
})
