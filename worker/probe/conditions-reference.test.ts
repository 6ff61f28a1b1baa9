import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConditions } from '#shared/domain/parse-conditions.ts'
import { answerWith, compiled, DAY_MS, NOW_MS } from '../../test/support/observations.ts'
import { judge } from './judge.ts'
import type { Answered } from './prober.ts'

/** The reference for users is held to its word: each of its examples is run. */

const reference = readFileSync(path.join(import.meta.dirname, '../../docs/conditions.md'), 'utf8')

function fenced(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(reference)?.[1]
  if (block === undefined) throw new Error(`there is no block ${language}`)
  return block
}

/** The pieces of code in each row of the table below a heading, except in rows without any. */
function table(heading: string): readonly (readonly string[])[] {
  const section = reference.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`there is no section ${heading}`)
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code))
}

function answerOfThePage(): Answered {
  const [head = '', ...body] = fenced('http').split('\n\n')
  const headers = Map.groupBy(
    head.split('\n').map((line) => line.split(/: (.*)/)),
    ([name = '']) => name,
  )
  const answer = answerWith(body.join('\n\n'))
  return {
    ...answer,
    headers: Object.fromEntries(
      [...headers].map(([name, lines]) => [name, lines.map(([, value = '']) => value)]),
    ),
    phases: { ...answer.phases, totalMs: 120 },
    certExpiresAtMs: NOW_MS + 30 * DAY_MS,
    rcode: 'NOERROR',
  }
}

const answer = answerOfThePage()

function verdictOn(conditions: string) {
  const { failure, message } = judge(answer, compiled({ conditions }), NOW_MS)
  return { failure, message }
}

describe('the reference of conditions', () => {
  test.each(['What is looked at', 'Functions', 'Operators', 'What it is compared with'])(
    'has examples that are met: %s',
    (heading) => {
      const conditions = table(heading).map(([condition = '']) => condition)
      expect(conditions.length).toBeGreaterThan(3)
      expect(conditions.map((text) => [text, verdictOn(text).message])).toEqual(
        conditions.map((text) => [text, null]),
      )
    },
  )

  test('begins with rules that are met', () => {
    expect(verdictOn(fenced('conditions'))).toEqual({ failure: null, message: null })
  })

  test.each(table('What is said when a rule is not met'))('says why %s is not met', (...row) => {
    const [condition = '', failure, message] = row
    expect(verdictOn(condition)).toEqual({ failure, message })
  })

  test.each(table('What is refused'))('says why %s is refused', (condition, reason) => {
    expect(parseConditions(condition ?? '')).toMatchObject({ ok: false, reason })
  })
})
