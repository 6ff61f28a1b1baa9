import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts'
import { installAuditLog } from './audit-log.ts'
import { evidenceOf } from './invariants/hand-made.ts'
import { invariants } from './invariants.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase()
  await installAuditLog(database.db)
})

afterAll(() => database.close())

test('there are sixteen, in order', () => {
  expect(invariants.map(({ id }) => id)).toEqual(
    Array.from({ length: 16 }, (_, index) => `I${index + 1}`),
  )
})

describe('of a run in which nothing happened', () => {
  test.each(invariants)('$id can be examined on a real database', async ({ examine }) => {
    const finding = await examine(evidenceOf(database.db))
    expect(finding.violations).toEqual([])
  })
})
