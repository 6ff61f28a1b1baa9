import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idAfter, outageId } from '#shared/domain/identity.ts'
import { openTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { installAuditLog } from '../audit-log.ts'
import { evidenceOf, ms, outageEvent } from './hand-made.ts'
import { outagesEqualTheFold, strangeIds } from './outages-equal-the-fold.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase()
  await installAuditLog(database.db)
})

afterAll(() => database.close())

beforeEach(async () => {
  const { db } = database
  await sql`delete from site_config`.execute(db)
  await sql`truncate ping_status, chaos_outage, notifications`.execute(db)
  await sql`insert into site_config (id, url, cadence) values (1, 'http://127.0.0.1/', '1m')`.execute(
    db,
  )
  // Up, down at 2 and 4, up at 6 and 8.
  await sql`
    insert into ping_status (site_id, slot, checked_at, result, failure, worker)
    select 1, to_timestamp(${ms(0)}::float8 / 1000) + make_interval(secs => n), now(), result,
      case when result = 'down' then 'status' end, 'w'
    from (values (0, 'up'), (2, 'down'), (4, 'down'), (6, 'up'), (8, 'up')) as v (n, result)`.execute(
    db,
  )
  await sql`update sites set status = 'up'`.execute(db)
  await db
    .insertInto('outages')
    .values({
      id: outageId(1, ms(2)),
      site_id: 1,
      started_at: new Date(ms(2)),
      opened_slot: new Date(ms(4)),
      detected_at: new Date(ms(4)),
      ended_at: new Date(ms(6)),
      closed_slot: new Date(ms(8)),
      failure: 'status',
    })
    .execute()
})

const examined = () => outagesEqualTheFold.examine(evidenceOf(database.db))

describe('outages are what the rows make of them', () => {
  test('holds of an outage from its first failed slot to its first good one', async () => {
    expect(await examined()).toEqual({
      compared: 2,
      of: 'sites and outages',
      violations: [],
      remarks: ['retracted: 0'],
    })
  })

  test.each([
    ['an outage too few', 'delete from outages'],
    ['one that began later', "update outages set started_at = started_at + interval '1 s'"],
    ['one that ended earlier', "update outages set ended_at = ended_at - interval '1 s'"],
    [
      'one that was opened at another slot',
      "update outages set opened_slot = opened_slot + interval '2 s'",
    ],
    [
      'one that was closed at another slot',
      "update outages set closed_slot = closed_slot + interval '2 s'",
    ],
    ['one that is still open', 'update outages set ended_at = null, closed_slot = null'],
    ['a site that is said to be down', "update sites set status = 'down'"],
    [
      'a failure that was not counted',
      "update ping_status set result = 'inconclusive', failure = null where slot = (select max(slot) from ping_status where result = 'down')",
    ],
    [
      'a late failure that was not folded in',
      "update ping_status set result = 'down', failure = 'status' where slot = (select max(slot) from ping_status)",
    ],
  ])('does not hold with %s', async (_, change) => {
    await sql.raw(change).execute(database.db)
    expect((await examined()).violations).toEqual([expect.stringMatching(/^site 1: stored /)])
  })

  test('counts what was retracted', async () => {
    await sql`delete from outages`.execute(database.db)
    expect((await examined()).remarks).toEqual(['retracted: 1'])
  })
})

describe('the id of an outage', () => {
  test('follows from its first slot, also when the first id of it was taken', () => {
    const next = { ...outageEvent(2), id: idAfter(idAfter(outageId(1, ms(2)))) }
    expect(strangeIds([outageEvent(2), next])).toEqual([])
  })

  test('may be of an earlier slot once the outage has moved, and not when it was opened', () => {
    const moved = { ...outageEvent(4), id: outageId(1, ms(2)) }
    expect(strangeIds([{ ...moved, event: 'changed' }])).toEqual([])
    expect(strangeIds([moved])).toHaveLength(1)
  })
})
