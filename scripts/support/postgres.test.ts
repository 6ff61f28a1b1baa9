import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryText } from '#db/query-text.ts'
import {
  preparePostgres,
  type RunningPostgres,
  serverArguments,
  startPostgres,
} from './postgres.ts'
import { findPostgresPlace } from './postgres-binaries.ts'
import { readPostgresState } from './postgres-state.ts'

let folder: string
let dataDir: string
let postgres: RunningPostgres

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-postgres-'))
  await chmod(folder, 0o755)
  dataDir = path.join(folder, 'data')
  postgres = await startPostgres({ dataDir, durable: false })
})

afterAll(async () => {
  await postgres.stop({ remove: true })
  await rm(folder, { recursive: true, force: true })
})

const ask = async (text: string) => (await queryText(postgres.url, text))[0]?.rows

describe('the server', () => {
  test('has a database in UTF-8 that sorts the same everywhere, with an owner who is no superuser', async () => {
    const text = `select pg_encoding_to_char(encoding), datlocprovider, datlocale, pg_get_userbyid(datdba),
      (select rolsuper from pg_roles where rolname = current_user) from pg_database where datname = current_database()`
    expect(await ask(text)).toEqual([['UTF8', 'b', 'C.UTF-8', 'uptick', 'f']])
  })

  test('lets its owner make roles and databases', async () => {
    await ask('create role someone login')
    await ask('create database another')
    expect(await ask("select count(*) from pg_database where datname = 'another'")).toEqual([['1']])
  })

  test('lets nobody in without the password', async () => {
    const stranger = Object.assign(new URL(postgres.url), { password: 'guess' }).href
    await expect(queryText(stranger, 'select 1')).rejects.toThrow(/password authentication failed/)
  })

  test('says of itself that it is ready', async () => {
    expect(await readPostgresState((await findPostgresPlace(dataDir)).dataDir)).toEqual({
      pid: postgres.pid(),
      phase: 'ready',
    })
  })

  test('has lost nothing that was committed when it is killed', async () => {
    await ask('create table kept (value int)')
    for (let value = 0; value < 50; value++) await ask(`insert into kept values (${value})`)
    await postgres.kill()
    await postgres.restart()
    expect(await ask('select count(*) from kept')).toEqual([['50']])
  })

  test('keeps its passwords through a second preparation', async () => {
    expect((await preparePostgres({ dataDir, port: postgres.port, durable: false })).url).toBe(
      postgres.url,
    )
  })
})

test('an initialisation that was cut off leaves nothing that counts', async () => {
  const other = path.join(folder, 'other')
  const { dataDir: real } = await findPostgresPlace(other)
  await writeFile(`${real}.unfinished`, 'half')
  const started = await startPostgres({ dataDir: other, durable: false })
  await started.stop({ remove: true })
  expect((await readdir(folder)).filter((name) => name.startsWith('other'))).toEqual([])
})

test.runIf(process.getuid?.() === 0)(
  'root can keep it in a folder that the unprivileged user cannot enter',
  async () => {
    const closed = await mkdtemp(path.join(os.tmpdir(), 'uptick-closed-'))
    const wanted = path.join(closed, 'data')
    const started = await startPostgres({ dataDir: wanted, durable: false })
    const { movedTo } = await findPostgresPlace(wanted)
    expect((await queryText(started.url, 'select 1'))[0]?.rows).toEqual([['1']])
    await started.stop({ remove: true })
    await expect(stat(movedTo ?? '')).rejects.toThrow(/ENOENT/)
    await rm(closed, { recursive: true })
  },
)

test.each([
  ['the product syncs what it commits', true, ['synchronous_commit=on'], ['fsync=off']],
  ['a test only writes it', false, ['synchronous_commit=on', 'fsync=off'], []],
])('%s', (_sentence, durable, present, absent) => {
  const args = serverArguments(5432, durable)
  expect(args).toEqual(expect.arrayContaining([...present, 'listen_addresses=127.0.0.1']))
  expect(args.filter((arg) => absent.includes(arg))).toEqual([])
})
