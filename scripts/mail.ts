import { stripVTControlCharacters } from 'node:util'
import { runCommand } from './command.ts'
import type { MailMessage, MailSummary } from './support/mail-store.ts'
import { textTable } from './text-table.ts'
import { toolEnvironment } from './tool-environment.ts'

const MAX_LISTED = 50
const TIMEOUT_MS = 5_000

/** `make mail`: the emails that the catcher has, newest last; `make mail N=3` shows the last three whole. */
await runCommand('mail', async (context) => {
  const { MAIL_API_URL: api } = await toolEnvironment(context)
  if (api === undefined)
    throw new Error('emails go to your own mail server (SMTP_URL): read them there')
  const whole = wholeNumber(context.env.N ?? '0')
  const { total, messages } = await ask<{ total: number; messages: MailSummary[] }>(
    `${api}/api/v1/messages?limit=${MAX_LISTED}`,
  )
  if (total === 0) return console.log('no email yet')
  if (whole === 0) return console.log(list(messages, total))
  for (const { ID } of messages.slice(0, whole).reverse()) {
    console.log(show(await ask<MailMessage>(`${api}/api/v1/message/${ID}`)))
  }
})

function list(messages: readonly MailSummary[], total: number): string {
  const rows = messages.map((mail) => [
    time(mail.Created),
    mail.To.map((to) => to.Address).join(' '),
    mail.Subject,
  ])
  const more = total > messages.length ? ` (the last ${messages.length})` : ''
  return `${textTable(['received', 'to', 'subject'], rows.reverse())}\n${total} emails${more}; make mail N=1 shows the last one whole`
}

function show(mail: MailMessage): string {
  const head = [
    `Received: ${time(mail.Created)}`,
    `From:     ${mail.From.Name} <${mail.From.Address}>`,
    `To:       ${mail.To.map((to) => to.Address).join(', ')}`,
    `Subject:  ${mail.Subject}`,
  ]
  return `${'='.repeat(72)}\n${head.map(stripVTControlCharacters).join('\n')}\n\n${stripVTControlCharacters(mail.Text.trim())}\n`
}

function time(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_LISTED)
  throw new Error(`N: ${JSON.stringify(text)} is no number of emails`)
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error) => {
      throw new Error(`the mail catcher does not answer at ${url}: make start-support`, {
        cause: error,
      })
    },
  )
  if (!response.ok) throw new Error(`the mail catcher answers ${response.status} at ${url}`)
  return (await response.json()) as T // The shape is the catcher's promise, and Mailpit's.
}
