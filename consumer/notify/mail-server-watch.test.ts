import { describe, expect, test } from 'vitest'
import { keepLog } from '../../test/support/kept-log.ts'
import { MailServerWatch } from './mail-server-watch.ts'
import type { SendOutcome } from './outcome-of-smtp-error.ts'

const sent: SendOutcome = { outcome: 'sent', response: '250' }
const refused: SendOutcome = { outcome: 'refused', reason: 'no such mailbox' }
const putOff: SendOutcome = { outcome: 'retry', concerns: 'message', reason: 'greylisted' }
const away: SendOutcome = { outcome: 'retry', concerns: 'server', reason: 'nothing listens' }
const badLogin: SendOutcome = { outcome: 'misconfigured', reason: 'bad login' }

function openWatch() {
  const { log, lines } = keepLog()
  const clock = { nowMs: 5_000 }
  return { watch: new MailServerWatch(log, () => clock.nowMs), lines, clock }
}

describe('a watched mail server', () => {
  test.each([
    ['that takes everything', [sent, sent], []],
    ['that refuses a message', [refused, sent], []],
    ['that puts a message off', [putOff, sent], []],
    ['that is away', [away, away, away], ['warn mail server fails']],
    [
      'that comes back',
      [away, away, sent, sent],
      ['warn mail server fails', 'info mail server wo'],
    ],
    ['that refuses a message when it is back', [away, refused], ['warn', 'info mail server wo']],
    ['that refuses the login', [badLogin, badLogin], ['error mail settings are refused']],
    ['that is away, then refuses the login', [away, badLogin], ['warn mail', 'error mail sett']],
  ])('%s is told of once per change', (_, outcomes, told) => {
    const { watch, lines } = openWatch()
    for (const outcome of outcomes) watch.note(outcome)
    expect(lines.map(({ level, text }) => `${level} ${text}`)).toEqual(
      told.map((line) => expect.stringContaining(line)),
    )
  })

  test('that comes back is told of with how long it was away', () => {
    const { watch, lines, clock } = openWatch()
    watch.note(away)
    clock.nowMs += 300_000
    watch.note(sent)
    expect(lines[1]?.fields).toEqual({ failed_s: 300 })
  })

  test('that works takes as many as are wanted', () => {
    const { watch } = openWatch()
    watch.note(putOff)
    expect([watch.admit(4), watch.admit(4)]).toEqual([4, 4])
  })

  test.each([
    ['that is away', away, 2_000],
    ['that refuses the login', badLogin, 30_000],
  ])('%s is tried with one mail at a time (%o, every %d ms)', (_, trouble, everyMs) => {
    const { watch, clock } = openWatch()
    watch.note(trouble)
    expect(watch.admit(4)).toBe(0)
    clock.nowMs += everyMs
    expect([watch.admit(4), watch.admit(4)]).toEqual([1, 0])
    watch.note(trouble)
    clock.nowMs += everyMs - 1
    expect(watch.admit(4)).toBe(0)
    clock.nowMs += 1
    expect(watch.admit(4)).toBe(1)
    watch.note(sent)
    expect(watch.admit(4)).toBe(4)
  })
})
