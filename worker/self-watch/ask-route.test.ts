import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { askRoute } from './ask-route.ts'

/** What a process of its own says, started by `prefix`: without a network, or without sockets. */
function askWithin(prefix: string, before = '') {
  const file = JSON.stringify(path.join(import.meta.dirname, 'ask-route.ts'))
  const code = `const { askRoute } = await import(${file}); ${before}
    console.log(await askRoute('127.0.0.1'))`
  const command = `${prefix} '${process.execPath}' --input-type=module --eval "$CODE"`
  const { stdout } = spawnSync('/bin/sh', ['-c', command], { env: { ...process.env, CODE: code } })
  return String(stdout).trim()
}

const CUT_OFF = 'unshare -r -n'
const canCutOff = spawnSync('/bin/sh', ['-c', `${CUT_OFF} true`]).status === 0

describe('a host', () => {
  test.each(['127.0.0.1', '127.8.9.10'])('knows the way to %s', async (address) => {
    expect(await askRoute(address)).toBe('routed')
  })

  test.skipIf(!canCutOff)('without a network knows of none (needs unshare)', () => {
    expect(askWithin(CUT_OFF)).toBe('no_route')
  })

  test('without file descriptors cannot tell', () => {
    const useUp = `const { openSync } = await import('node:fs')
      try { for (;;) openSync('/dev/null') } catch {}`
    expect(askWithin('ulimit -n 60; exec', useUp)).toBe('unasked')
  })
})
