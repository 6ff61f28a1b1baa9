import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../test/support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

test('a site from before the rule goes on being checked; one that waits for its verdict gets it', async () => {
  const { db } = database
  await sql`alter table site_config drop constraint alert_emails_are_plain_addresses`.execute(db)
  await sql`alter table site_config add constraint alert_emails_are_plain_addresses check (true)`.execute(
    db,
  )
  const add = (name: string, email: string) =>
    sql`insert into site_config (url, name, alert_emails) values ('http://127.0.0.1:9/', ${name}, ${[email]})`.execute(
      db,
    )
  await add('watched', 'ä@x.example')
  await sql`update site_config set validity = 'valid'`.execute(db)
  await add('waits', 'ä@x.example')
  await add('good', 'a@x.example')
  const file = path.join(import.meta.dirname, 'migrations/0014_plain_recipients.sql')
  await sql.raw(await readFile(file, 'utf8')).execute(db)
  const { rows } =
    await sql`select name, validity, invalid_reason from site_config order by id`.execute(db)
  expect(rows).toEqual([
    { name: 'watched', validity: 'valid', invalid_reason: null },
    {
      name: 'waits',
      validity: 'invalid',
      invalid_reason: 'alert_emails: holds what is not one plain email address',
    },
    { name: 'good', validity: 'pending', invalid_reason: null },
  ])
  // The verdict on the others is still to be written.
  await sql`update site_config set validity = 'valid' where validity = 'pending'`.execute(db)
  await expect(add('new', 'ä@x.example')).rejects.toMatchObject({
    constraint: 'alert_emails_are_plain_addresses',
  })
})
