import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { badInputs } from './rows.ts'

/** The list of bad inputs has 58 rows: none is without a test, or a reason for having none. */

const ROWS = 58
const root = path.join(import.meta.dirname, '../..')

test('there are all rows, and no others', () => {
  expect(Object.keys(badInputs).map(Number)).toEqual(
    Array.from({ length: ROWS }, (_, at) => at + 1),
  )
})

describe('row', () => {
  test.each(Object.entries(badInputs).map(([number, row]) => [number, row.input, row] as const))(
    '%s, %s, is shown by sentences that there are, or says why not',
    (_, __, { shown, differs }) => {
      expect(shown.length > 0 || differs !== undefined).toBe(true)
      const missing = shown.flatMap(([file, ...sentences]) => {
        const text = readFileSync(path.join(root, file), 'utf8')
        return sentences
          .filter((sentence) => !isTitle(sentence, text))
          .map((one) => `${file}: ${one}`)
      })
      expect(missing).toEqual([])
    },
  )
})

test('each row of the tests here is in its place on the list', () => {
  const files = new Set(
    Object.values(badInputs).flatMap(({ shown }) => shown.map(([file]) => file)),
  )
  const own = [...files].filter((file) => file.startsWith('test/bad-input/'))
  const unlisted = own.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const numbers = [...text.matchAll(/['"`](\d+): /g)].map(([, number]) => Number(number))
    return [...new Set(numbers)]
      .filter((number) => !badInputs[number]?.shown.some(([place]) => place === file))
      .map((number) => `${file}: ${number}`)
  })
  expect(unlisted).toEqual([])
})

/** A title begins where a quote does. */
function isTitle(sentence: string, text: string): boolean {
  return ["'", '"', '`'].some((quote) => text.includes(quote + sentence))
}
