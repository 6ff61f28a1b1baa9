import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'
import { type Listener, listen } from './listen.ts'

const CHANNEL = 'uptick_changed'

let database: TestDatabase
let listener: Listener
beforeAll(async () => {
  database = await openTestDatabase()
})
afterEach(() => listener.stop())
afterAll(() => database.close())

function open(connectionString = database.urlAs('uptick_web')) {
  const heard = vi.fn()
  const troubles = vi.fn()
  listener = listen({
    connectionString,
    applicationName: 'listener under test',
    channel: CHANNEL,
    onNotified: heard,
    onTrouble: troubles,
    retryMs: 10,
  })
  listener.start()
  return { heard, troubles, count: () => heard.mock.calls.length }
}

const addIncident = () => sql`insert into incidents (title) values ('t')`.execute(database.db)

test('hears what triggers say, as the role of web', async () => {
  const { count, troubles } = open()
  await vi.waitFor(() => expect(count()).toBe(1))
  await addIncident()
  await vi.waitFor(() => expect(count()).toBe(2))
  expect(troubles).not.toHaveBeenCalled()
})

test('listens again after its connection is lost, and tells that it may have missed something', async () => {
  const { count, troubles } = open()
  await vi.waitFor(() => expect(count()).toBe(1))
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'listener under test'`.execute(database.db)
  await vi.waitFor(() => expect(count()).toBe(2))
  expect(troubles).toHaveBeenCalledTimes(1)
  await addIncident()
  await vi.waitFor(() => expect(count()).toBe(3))
})

test('tries until somebody answers, and stops when it is told to', async () => {
  const { troubles } = open('postgres://127.0.0.1:1/none')
  await vi.waitFor(() => expect(troubles.mock.calls.length).toBeGreaterThan(2))
  await listener.stop()
  await listener.stop()
  const before = troubles.mock.calls.length
  const { rows } = await sql`select 1`.execute(database.db)
  expect([rows.length, troubles.mock.calls.length]).toEqual([1, before])
})
