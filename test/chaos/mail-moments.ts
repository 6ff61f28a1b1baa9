import type { SmtpMoment } from '../support/smtp-sink.ts'
import type { ServiceProcess } from '../support/stack.ts'

export type MailOrder = {
  readonly moment: SmtpMoment
  /** A function: something else that is to happen at this very moment. */
  readonly does: 'kill' | 'suspend' | 'term' | (() => Promise<void>)
  /** How long a suspended process sleeps. */
  readonly forMs: number
  /** After which an order that was not reached is withdrawn. */
  readonly withinMs: number
}

type Armed = MailOrder & { readonly reached: PromiseWithResolvers<'hit' | 'not_reached'> }

/**
 * Two fail points lie within an exchange with the mail server, where only that server knows how far
 * it went: it holds its answer back until the sender has got what was ordered for it.
 */
export class MailMoments {
  readonly #armed = new Map<ServiceProcess, Armed>()
  readonly #senderAt: (port: number) => ServiceProcess | undefined

  constructor(senderAt: (port: number) => ServiceProcess | undefined) {
    this.#senderAt = senderAt
  }

  /** One order for each sender at a time. */
  async arm(sender: ServiceProcess, order: MailOrder): Promise<'hit' | 'not_reached'> {
    const reached = Promise.withResolvers<'hit' | 'not_reached'>()
    this.#armed.set(sender, { ...order, reached })
    const timer = setTimeout(() => {
      if (this.#armed.delete(sender)) reached.resolve('not_reached')
    }, order.withinMs)
    const outcome = await reached.promise
    clearTimeout(timer)
    return outcome
  }

  /** For the mail server to ask at each moment. */
  readonly onMoment = async (
    moment: SmtpMoment,
    clientPort: number,
  ): Promise<'answer' | 'break_off'> => {
    const sender = this.#senderAt(clientPort)
    const order = sender === undefined ? undefined : this.#armed.get(sender)
    if (sender === undefined || order?.moment !== moment) return 'answer'
    this.#armed.delete(sender)
    const then = await obey(sender, order)
    order.reached.resolve('hit')
    return then
  }
}

async function obey(
  sender: ServiceProcess,
  { does, forMs }: MailOrder,
): Promise<'answer' | 'break_off'> {
  if (typeof does === 'function') await does()
  if (does === 'term') sender.kill('SIGTERM')
  if (does === 'suspend') {
    sender.kill('SIGSTOP')
    setTimeout(() => sender.kill('SIGCONT'), forMs)
  }
  if (does !== 'kill') return 'answer'
  const exited = sender.exited()
  sender.kill('SIGKILL')
  await exited
  return 'break_off'
}
