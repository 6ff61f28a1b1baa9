import { describe, expect, test } from 'vitest'
import { answerOf } from './answer-server.ts'

const NUMBERS = Array.from({ length: 2_000 }, (_, number) => number)
const answers = NUMBERS.map((number) => answerOf(1, number, 0))
const textOf = (number: number, seed = 1) =>
  Buffer.concat(answerOf(seed, number, 0).writes).toString('latin1')

describe('a fuzzed answer', () => {
  test('is the same for the same seed and number', () => {
    const first = NUMBERS.map((number) => textOf(number))
    expect(NUMBERS.map((number) => textOf(number))).toEqual(first)
  })

  test('is another for another number, or another seed', () => {
    const texts = new Set(NUMBERS.flatMap((number) => [textOf(number, 1), textOf(number, 2)]))
    // Some are nothing at all, and the simplest come up more than once.
    expect(texts.size).toBeGreaterThan(NUMBERS.length * 1.5)
  })

  test('sends nobody to another host', () => {
    const locations = NUMBERS.flatMap((number) => {
      const head = textOf(number).split('\r\n\r\n', 1)[0] ?? ''
      return [...head.matchAll(/^location:(.*)\r?$/gim)].map((match) => match[1]?.trim())
    })
    expect(locations.length).toBeGreaterThan(0)
    expect(locations.filter((place) => !/^\/\d+\/1$/.test(place ?? ''))).toEqual([])
  })

  test('is a lie in most cases, and the truth in many', () => {
    const share = (promise: string) =>
      answers.filter((answer) => answer.promise === promise).length / answers.length
    expect(share('good')).toBeGreaterThan(0.1)
    expect(share('honest')).toBeGreaterThan(0.03)
    expect(share('none')).toBeGreaterThan(0.5)
  })
})
