import { afterEach, describe, expect, test } from 'vitest'
import { type NameServer, startNameServer, type Zone } from '../../test/support/name-server.ts'
import { NameWatch } from './name-watch.ts'

const SILENT = 'the name servers of this worker do not answer'
const silence = { A: 'silence', AAAA: 'silence', NS: 'silence' } as const
const failing = { A: 'SERVFAIL', AAAA: 'SERVFAIL' } as const
const refusing = { A: 'REFUSED', AAAA: 'REFUSED' } as const
const wildcard = { A: [[127, 0, 0, 9]] } as const

let server: NameServer | null = null
afterEach(async () => {
  await server?.stop()
  server = null
})

async function openWatch(zone: Zone, names: readonly string[]) {
  server = await startNameServer(zone)
  const watch = new NameWatch({ servers: [server.address], patienceMs: 400 })
  for (const name of names) watch.remember(name)
  return watch
}

const ask = (watch: NameWatch, name = 'site.failing.test') =>
  watch.troubleSince(performance.now(), name)

describe('a name that is not answered', () => {
  test.each<[sentence: string, zone: Zone, names: readonly string[], outcome: string | null]>([
    ['is to blame when another does not exist', {}, ['www.one.test'], null],
    ['is to blame when another has no address', { '*.www.one.test': {} }, ['www.one.test'], null],
    [
      'is to blame when all below another exists',
      { '*.www.one.test': wildcard },
      ['www.one.test'],
      null,
    ],
    ['is not when others are silent', { '*.one.test': silence }, ['one.test'], SILENT],
    ['is not when others fail', { '*.one.test': failing }, ['one.test'], SILENT],
    ['is not when others are refused', { '*.one.test': refusing }, ['one.test'], SILENT],
    [
      'is to blame when one of three others is answered',
      { '*.one.test': silence, '*.two.test': failing },
      ['one.test', 'two.test', 'three.test'],
      null,
    ],
    ['is held against the root when nothing is remembered', {}, [], null],
    ['is not to blame when the root is silent too', { '': silence }, [], SILENT],
    [
      'is not held against names of its own zone, but against the root',
      { '*.www.failing.test': silence },
      ['www.failing.test'],
      null,
    ],
    [
      'is held against the names of other zones only',
      { '*.www.failing.test': wildcard, '*.one.test': silence },
      ['www.failing.test', 'one.test'],
      SILENT,
    ],
  ])('%s', async (_, zone, names, outcome) => {
    expect(await ask(await openWatch(zone, names))).toBe(outcome)
  })

  test('is not to blame when no name server is there', async () => {
    const watch = await openWatch({}, ['www.one.test'])
    await server?.stop()
    server = null
    expect(await ask(watch)).toBe(SILENT)
  })

  test('is not to blame for a silence that ended while it was waited for', async () => {
    const zone: Record<string, Zone[string]> = { '*.one.test': silence }
    const watch = await openWatch(zone, ['one.test'])
    const beganAtMs = performance.now()
    expect(await ask(watch)).toBe(SILENT)
    zone['*.one.test'] = wildcard
    expect(await watch.troubleSince(beganAtMs, 'site.failing.test')).toBe(SILENT)
    expect(await ask(watch)).toBeNull()
  })
})

test('a thousand names at once cost one round of questions', async () => {
  const watch = await openWatch({}, ['one.test', 'two.test', 'three.test', 'four.test'])
  const beganAtMs = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) => watch.troubleSince(beganAtMs, `s${at}.failing.test`)),
  )
  expect(new Set(answers)).toEqual(new Set([null]))
  expect(server?.names).toHaveLength(3)
})

test('no question can be answered from a cache', async () => {
  const watch = await openWatch({}, ['one.test', 'two.test'])
  await ask(watch)
  await ask(watch)
  const questions = server?.names ?? []
  expect(questions).toHaveLength(4)
  expect(new Set(questions).size).toBe(4)
  for (const question of questions) expect(question).toMatch(/^[0-9a-f]{16}\.(one|two)\.test$/)
})

describe('what is remembered', () => {
  const questionsAfter = async (
    remember: (watch: NameWatch, pass: (ms: number) => void) => void,
  ) => {
    let nowMs = 0
    server = await startNameServer({})
    const watch = new NameWatch({ servers: [server.address], monotonicMs: () => nowMs })
    remember(watch, (ms) => {
      nowMs += ms
    })
    await ask(watch)
    return server.names.map((question) => question.split('.').slice(1).join('.')).sort()
  }

  test.each<[string, Parameters<typeof questionsAfter>[0], readonly string[]]>([
    [
      'is one name for each zone',
      (watch, pass) => {
        for (const name of ['a.one.test', 'b.one.test', 'two.test.']) {
          watch.remember(name)
          pass(20_000)
        }
      },
      ['b.one.test', 'two.test'],
    ],
    [
      'are the latest',
      (watch) => {
        for (let at = 1; at <= 30; at++) watch.remember(`zone${at}.test`)
      },
      ['zone28.test', 'zone29.test', 'zone30.test'],
    ],
    [
      'is forgotten after an hour',
      (watch, pass) => {
        watch.remember('one.test')
        pass(1_800_000)
        watch.remember('two.test')
        watch.remember('three.test')
        pass(1_800_001)
      },
      ['three.test', 'two.test'],
    ],
    [
      'is no name that leaves no room for a label',
      (watch) => {
        watch.remember('one.test')
        watch.remember('two.test')
        watch.remember(`${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.long-zone-name.test`)
      },
      ['one.test', 'two.test'],
    ],
  ])('%s', async (_, remember, names) => {
    expect(await questionsAfter(remember)).toEqual(names)
  })
})
