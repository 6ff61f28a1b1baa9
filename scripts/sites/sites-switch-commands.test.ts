import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { unpainted } from '../paint.ts'
import { sitesRemoveCommand } from './sites-switch-commands.ts'

/** What is asked before sites are removed, where somebody is there to answer. */

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.deleteFrom('site_config').execute()
  await database.db
    .insertInto('site_config')
    .values({ name: 'shop', url: 'https://shop.test/' })
    .execute()
})

async function remove(answer: 'yes' | 'no', ...args: readonly string[]) {
  const questions: string[] = []
  const end = await sitesRemoveCommand({
    args: ['shop', ...args],
    env: { DATABASE_ADMIN_URL: database.url, UPTICK_STATE: '/nonexistent' },
    terminal: { columns: 80, paint: unpainted },
    ask: async (question) => {
      questions.push(question)
      return answer
    },
  })
  const left = await database.db.selectFrom('site_config').select('id').execute()
  return { ...end, questions, left: left.length }
}

describe('uptick sites remove on a terminal', () => {
  test('says what it would do, and does it after a yes', async () => {
    const { exitCode, out, questions, left } = await remove('yes')
    expect(questions).toEqual([
      expect.stringMatching(/^would be removed: 1 site\n {2}\d+ {2}shop\nGo ahead\?$/),
    ])
    expect({ exitCode, out, left }).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^removed: 1 site\n/),
      left: 0,
    })
  })

  test('does nothing after a no', async () => {
    expect(await remove('no')).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'uptick sites remove: nothing was done\n',
      left: 1,
    })
  })

  test.each([
    ['--yes', 0],
    ['--dry-run', 1],
  ])('does not ask with %s', async (option, left) => {
    expect(await remove('no', option)).toMatchObject({ exitCode: 0, questions: [], left })
  })
})
