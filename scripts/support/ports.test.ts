import { describe, expect, test } from 'vitest'
import { choosePorts, type SupportPorts } from './ports.ts'

const defaults: SupportPorts = {
  postgres: 54_320,
  kafka: 19_092,
  kafkaController: 19_093,
  mailSmtp: 1_025,
  mailHttp: 8_025,
  demoTarget: 8_099,
  web: 8_070,
}

function choose(question: {
  env?: Record<string, string>
  remembered?: SupportPorts
  held?: number[]
  busy?: number[]
}): Promise<SupportPorts> {
  const { env = {}, remembered = null, held = [], busy = [] } = question
  return choosePorts({
    env,
    remembered,
    held: new Set(held),
    isFree: async (port) => !busy.includes(port),
  })
}

describe('the ports of the support services', () => {
  const moved = { ...defaults, postgres: 54_400 }
  test.each([
    ['are the defaults on a quiet machine', {}, defaults],
    [
      'go to the next free one when busy',
      { busy: [54_320, 54_321] },
      { ...defaults, postgres: 54_322 },
    ],
    [
      'never fall on one another',
      { busy: [19_092] },
      { ...defaults, kafka: 19_093, kafkaController: 19_094 },
    ],
    ['stay what they were', { remembered: moved }, moved],
    [
      'stay what they were while our own process holds them',
      { remembered: moved, held: [54_400], busy: [54_400] },
      moved,
    ],
    [
      'leave what they were to a stranger who took it',
      { remembered: moved, busy: [54_400] },
      { ...defaults, postgres: 54_401 },
    ],
    [
      'are what the user says',
      { env: { POSTGRES_PORT: '5432' }, remembered: moved },
      { ...defaults, postgres: 5_432 },
    ],
    ['are not asked for by an empty variable', { env: { POSTGRES_PORT: '' } }, defaults],
  ])('%s', async (_sentence, question, expected) => {
    expect(await choose(question)).toEqual(expected)
  })

  test.each([
    ['busy', { env: { KAFKA_PORT: '19092' }, busy: [19_092] }, 'KAFKA_PORT: port 19092 is in use'],
    [
      'not a number',
      { env: { MAIL_SMTP_PORT: 'smtp' } },
      'MAIL_SMTP_PORT: "smtp" is no port (1 to 65535)',
    ],
    [
      'out of range',
      { env: { MAIL_HTTP_PORT: '70000' } },
      'MAIL_HTTP_PORT: "70000" is no port (1 to 65535)',
    ],
    [
      'a fraction',
      { env: { MAIL_HTTP_PORT: '80.5' } },
      'MAIL_HTTP_PORT: "80.5" is no port (1 to 65535)',
    ],
  ])(
    'a port of the user that is %s is an error that names the variable',
    async (_kind, question, message) => {
      await expect(choose(question)).rejects.toThrow(message)
    },
  )

  test('a search ends', async () => {
    const all = Array.from({ length: 200 }, (_, index) => 54_320 + index)
    await expect(choose({ busy: all })).rejects.toThrow(
      'no free port from 54320 to 54419: set POSTGRES_PORT',
    )
  })
})
