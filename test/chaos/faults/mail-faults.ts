import { setTimeout as pause } from 'node:timers/promises'
import type { SmtpAnswer } from '../../support/smtp-script.ts'
import type { SmtpSink } from '../../support/smtp-sink.ts'
import { type Fault, INJECTED, notInjected } from '../fault.ts'

const REFUSED: SmtpAnswer = { code: 450, to: 'RCPT TO', text: '4.2.0 try again later' }
const BUSY: SmtpAnswer = { code: 421, to: 'MAIL FROM', text: '4.3.2 too busy' }
const GREYLISTED: SmtpAnswer = { code: 451, to: 'RCPT TO', text: '4.7.1 greylisted' }

const common = {
  family: 'mail',
  place: 'smtp',
  victims: ['smtp'],
  weight: 2,
  lastsMs: [2_000, 8_000],
  restMs: 3_000,
} as const

/** What a mail server does to those who send: nothing of it for good, so that every email must come in the end. */
export const mailFaults: readonly Fault[] = [
  moody('smtp refuses', () => REFUSED),
  moody('smtp is busy', () => BUSY),
  moody('smtp greylists', everyOther(GREYLISTED)),
  moody('smtp drops after DATA', () => 'drop_after_data'),
  moody('smtp hangs up', () => 'hang_up'),
  moody('smtp is silent', () => 'no_greeting'),
  {
    ...common,
    name: 'smtp is away',
    inject: async ({ sink }, { forMs }) => {
      await sink.goAway()
      await pause(forMs)
      await sink.comeBack()
      return INJECTED
    },
  },
]

function moody(name: string, answer: () => SmtpAnswer): Fault {
  return {
    ...common,
    name,
    inject: async ({ sink }, { forMs }) => {
      const before = takenBy(sink)
      sink.answerAll(answer)
      await pause(forMs)
      sink.answerAll(() => 'accept')
      return takenBy(sink) === before ? notInjected('nobody sent anything meanwhile') : INJECTED
    },
  }
}

/** As a server that remembers whom it has seen before: the second try is taken. */
function everyOther(answer: SmtpAnswer): () => SmtpAnswer {
  let asked = 0
  return () => (asked++ % 2 === 0 ? answer : 'accept')
}

function takenBy({ accepted, dropped, refusals, connectionCount }: SmtpSink): number {
  return accepted.length + dropped.length + refusals.length + connectionCount()
}
