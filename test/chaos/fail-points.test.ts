import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { armFailPoint, newNotePath } from './arm-fail-point.ts'
import { type FailPoint, failPointEnvironment, readFailPoint } from './fail-point-order.ts'

const root = path.join(import.meta.dirname, '../..')
const preload = path.join(import.meta.dirname, 'fail-points.ts')

/** A process of the product's shape: says what it does on the way, and drains when it is asked to end. */
const walker = `
  import { atStep } from '#shared/runtime/step.ts'
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0) })
  for (let turn = 1; turn <= Number(process.env.TURNS); turn++) {
    try {
      atStep('worker.before_publish')
      console.log('published ' + turn)
    } catch (error) {
      console.log(error.message)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    atStep('worker.completed')
  }`

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function walk(env: Readonly<Record<string, string>>, preloads: readonly string[] = [preload]) {
  const imports = preloads.flatMap((file) => ['--import', file])
  const child = spawn(process.execPath, [...imports, '--input-type=module', '-e', walker], {
    cwd: root,
    env: { TURNS: '20', ...env },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  children.push(child)
  return {
    child,
    said: child.stdout === null ? '' : text(child.stdout),
    ended: once(child, 'exit').then(([code, signal]) => ({ code, signal })),
  }
}

const failPoint = (does: FailPoint['does'], rest: Partial<FailPoint> = {}): FailPoint => ({
  step: 'worker.before_publish',
  does,
  atHit: 3,
  afterMs: 0,
  ...rest,
})

describe('a process with a fail point', () => {
  test('is killed at the hit that was named, and does nothing of what comes after it', async () => {
    const { said, ended } = walk(failPointEnvironment(failPoint('kill'), newNotePath()))
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await said).toBe('published 1\npublished 2\n')
  })

  test('is killed some milliseconds later where the order says so, having gone on', async () => {
    const order = failPoint('kill', { afterMs: 2 })
    const { said, ended } = walk(failPointEnvironment(order, newNotePath()))
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await said).toContain('published 3\n')
  })

  test('is asked to end, and drains', async () => {
    const { said, ended } = walk(failPointEnvironment(failPoint('term'), newNotePath()))
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(await said).toMatch(/^published 1\npublished 2\npublished 3\ndrained\n$/)
  })

  test('is thrown at where it stands', async () => {
    const { said, ended } = walk({
      ...failPointEnvironment(failPoint('throw'), newNotePath()),
      TURNS: '4',
    })
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(await said).toBe(
      'published 1\npublished 2\nfail point worker.before_publish\npublished 4\n',
    )
  })

  test('is failed once: what its supervisor starts again finds the note and goes on', async () => {
    const env = failPointEnvironment(failPoint('kill'), newNotePath())
    expect(await walk(env).ended).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await walk(env).ended).toEqual({ code: 0, signal: null })
  })

  test('goes its way untouched when the fail points are not loaded', async () => {
    const env = failPointEnvironment(failPoint('kill'), newNotePath())
    const { ended } = walk({ ...env, TURNS: '5' }, [])
    expect(await ended).toEqual({ code: 0, signal: null })
  })
})

describe('armFailPoint', () => {
  const plan = { ...failPoint('kill'), atHit: 1, forMs: 0, withinMs: 10_000 }
  const serviceOf = ({ child }: ReturnType<typeof walk>) => ({
    send: (message: object) => void child.send(message, () => undefined),
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
  })

  test('kills a running process, and says that it was hit', async () => {
    const walking = walk({ TURNS: '100000' })
    expect(await armFailPoint(serviceOf(walking), plan)).toBe('hit')
    expect(await walking.ended).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('suspends a running process at the step, and resumes it', async () => {
    const walking = walk({ TURNS: '100000' })
    let statesSeen = ''
    const service = {
      ...serviceOf(walking),
      kill(signal: NodeJS.Signals) {
        statesSeen += stateOf(walking.child)
        walking.child.kill(signal)
      },
    }
    expect(await armFailPoint(service, { ...plan, does: 'suspend', forMs: 100 })).toBe('hit')
    await vi.waitFor(() => expect(stateOf(walking.child)).not.toBe('T'))
    expect(statesSeen).toBe('T')
  })

  test('withdraws what is not reached in time, and it stays undone for good', async () => {
    const walking = walk({ TURNS: '300' })
    const never = { ...plan, step: 'scheduler.claimed', withinMs: 50 } as const
    expect(await armFailPoint(serviceOf(walking), never)).toBe('not_reached')
    const late = { ...plan, atHit: 200, withinMs: 1 }
    expect(await armFailPoint(serviceOf(walking), late)).toBe('not_reached')
    expect(await walking.ended).toEqual({ code: 0, signal: null })
  })

  test('says so of a process that is gone', async () => {
    const walking = walk({ TURNS: '0' })
    await walking.ended
    expect(await armFailPoint(serviceOf(walking), { ...plan, withinMs: 20 })).toBe('not_reached')
  })
})

/** `T`: stopped. */
function stateOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.at(0) ?? ''
}

test.each([
  ['worker.before_publish:kill@3', failPoint('kill')],
  ['worker.before_publish:term@3+8ms', failPoint('term', { afterMs: 8 })],
])('FAILPOINT=%s is read', (written, order) => {
  expect(readFailPoint(written)).toEqual(order)
  const { FAILPOINT = '' } = failPointEnvironment(order, 'note')
  expect(readFailPoint(FAILPOINT)).toEqual(order)
})

test.each(['', 'worker.nowhere:kill@1', 'worker.probing:hurt@1', 'worker.probing:kill@0'])(
  'FAILPOINT=%j is refused',
  (written) => {
    expect(() => readFailPoint(written)).toThrow(/^FAILPOINT is .*: must be/)
  },
)

test('nothing of the product listens to its steps, or knows of fail points and planted bugs', () => {
  const knowing = globSync('{scheduler,worker,consumer,web,shared,db,site-file,scripts}/**/*.ts', {
    cwd: root,
  })
    .filter((file) => file !== 'shared/runtime/step.ts' && !file.endsWith('.test.ts'))
    .filter((file) =>
      /FAILPOINT|PLANTED_BUG|uptick\.step|test\/chaos/.test(
        readFileSync(path.join(root, file), 'utf8'),
      ),
    )
  expect(knowing).toEqual([])
})
