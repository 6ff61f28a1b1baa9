import { describe, expect, test } from 'vitest'
import { databaseProblem } from './database-of-command.ts'

const url = 'postgres://someone:hunter2@127.0.0.1:5432/uptick'

function databaseError(code: string, text: string): Error {
  return Object.assign(new Error(text), { code })
}

describe('why a database could not be asked', () => {
  test.each<[string, unknown, string | null]>([
    ['it is not there', databaseError('ECONNREFUSED', 'connect'), 'does not answer: connect'],
    ['it ends', databaseError('57P01', 'terminating'), 'does not answer: terminating'],
    ['a table is missing', databaseError('42P01', 'no relation'), 'make migrate'],
    ['a function is missing', databaseError('42883', 'no function'), 'make migrate'],
    ['a password is wrong', databaseError('28P01', 'failed'), 'does not let us: failed'],
    ['it has another name', databaseError('3D000', 'not there'), 'does not let us: not there'],
    ['the login may not', databaseError('42501', 'denied'), 'does not let us: denied'],
    ['a statement takes too long', databaseError('57014', 'timeout'), 'took too long: timeout'],
    ['a bug of ours is no reason', new TypeError('x is not a function'), null],
    ['a wrong statement is no reason', databaseError('42601', 'syntax error'), null],
  ])('%s', (_, error, part) => {
    const problem = databaseProblem(error, url)
    if (part === null) expect(problem).toBeNull()
    else expect(problem).toContain(part)
    expect(problem ?? '').not.toContain('hunter2')
  })
})
