import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isAlive, isZombie } from './is-alive.ts'
import { readPostgresState, releaseZombieLock } from './postgres-state.ts'

test('our own process is alive, and no process has the largest number', () => {
  expect([isAlive(process.pid), isZombie(process.pid), isAlive(2_147_483_646)]).toEqual([
    true,
    false,
    false,
  ])
})

describe.runIf(process.platform === 'linux')(
  'a process that has ended and that nobody asked after',
  () => {
    // The shell becomes `sleep`, which never asks after the child that the shell had.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
    let zombie: number

    beforeAll(async () => {
      const [chunk] = await once(parent.stdout, 'data')
      zombie = Number(String(chunk))
      await vi.waitFor(() => expect(isZombie(zombie)).toBe(true))
    })

    afterAll(() => parent.kill())

    test('counts as ended, though it still takes signals', () => {
      expect([process.kill(zombie, 0), isAlive(zombie)]).toEqual([true, false])
    })

    test('does not keep Postgres from its data: only its number leaves the lock', async () => {
      const dataDir = await mkdtemp(path.join(os.tmpdir(), 'uptick-lock-'))
      const lock = path.join(dataDir, 'postmaster.pid')
      await writeFile(
        lock,
        `${zombie}\n${dataDir}\n1795253451\n5432\n\n127.0.0.1\n  1234  5\nready\n`,
      )
      expect(await readPostgresState(dataDir)).toBeNull()
      await releaseZombieLock(dataDir)
      expect((await readFile(lock, 'utf8')).split('\n').slice(0, 7)).toEqual([
        '2147483646',
        dataDir,
        '1795253451',
        '5432',
        '',
        '127.0.0.1',
        '  1234  5',
      ])
      await rm(dataDir, { recursive: true })
    })
  },
)
