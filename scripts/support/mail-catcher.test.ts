import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from './free-port.ts'
import { type MailCatcher, startMailCatcher } from './mail-catcher.ts'
import type { MailMessage, MailSummary } from './mail-store.ts'
import { startChild } from './start-child.ts'

let folder: string
let catcher: MailCatcher

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uptick-mail-'))
  catcher = await startMailCatcher({ folder, smtpPort: 0, httpPort: 0 })
})

afterEach(async () => {
  await catcher.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a received message', () => {
  test('is listed in the shape of Mailpit, newest first', async () => {
    await send(catcher.smtpUrl, message('[DOWN] shop', 'It is down.'))
    await send(catcher.smtpUrl, message('[RECOVERED] shop', 'It is back.'))
    const { total, messages } = await list(catcher.apiUrl)
    expect([total, messages.map((mail) => mail.Subject)]).toEqual([
      2,
      ['[RECOVERED] shop', '[DOWN] shop'],
    ])
    expect(messages[1]).toMatchObject({
      MessageID: '1@uptick.localhost',
      From: { Name: 'Uptick', Address: 'uptick@uptick.localhost' },
      To: [{ Name: '', Address: 'ops@uptick.localhost' }],
      Snippet: 'It is down.',
    })
    expect(Math.abs(Date.parse(messages[0]?.Created ?? '') - Date.now())).toBeLessThan(20_000)
  })

  test('is shown with its text, and raw as it came beneath the lines of the delivery', async () => {
    await send(catcher.smtpUrl, message('[DOWN] shop', 'It is down.'))
    const [first] = (await list(catcher.apiUrl)).messages
    const at = `${catcher.apiUrl}/api/v1/message/${first?.ID}`
    const whole = (await (await fetch(at)).json()) as MailMessage // what the API under test promises
    expect([whole.Text.trim(), whole.HTML]).toEqual(['It is down.', ''])
    const raw = await (await fetch(`${at}/raw`)).text()
    expect(raw).toBe(
      `Return-Path: <bounce@uptick.localhost>\r\nDelivered-To: hidden@uptick.localhost\r\n${message('[DOWN] shop', 'It is down.')}\r\n`,
    )
  })

  test('is listed by page', async () => {
    for (const subject of ['a', 'b', 'c']) await send(catcher.smtpUrl, message(subject, ''))
    const { total, messages } = await list(catcher.apiUrl, '?start=1&limit=1')
    expect([total, messages.map((mail) => mail.Subject)]).toEqual([3, ['b']])
  })

  test('is there for a new catcher on the same folder', async () => {
    await send(catcher.smtpUrl, message('kept', ''))
    const second = await startMailCatcher({ folder, smtpPort: 0, httpPort: 0 })
    expect((await list(second.apiUrl)).messages.map((mail) => mail.Subject)).toEqual(['kept'])
    await second.stop()
  })
})

describe('clearing', () => {
  test.each([
    ['all, without a body', () => undefined, []],
    ['all, for an empty list', () => JSON.stringify({ IDs: [] }), []],
    ['the named ones', (ids: string[]) => JSON.stringify({ IDs: [ids[0]] }), ['first']],
    [
      'none, for an id that is none',
      () => JSON.stringify({ IDs: ['../../etc/passwd'] }),
      ['second', 'first'],
    ],
    ['none, for a body that is no JSON', () => 'x', ['second', 'first']],
  ])('removes %s', async (_which, body, left) => {
    await send(catcher.smtpUrl, message('first', ''))
    await send(catcher.smtpUrl, message('second', ''))
    const ids = (await list(catcher.apiUrl)).messages.map((mail) => mail.ID)
    const content = body(ids)
    await fetch(`${catcher.apiUrl}/api/v1/messages`, {
      method: 'DELETE',
      ...(content === undefined ? {} : { body: content }),
    })
    expect((await list(catcher.apiUrl)).messages.map((mail) => mail.Subject)).toEqual(left)
    expect(await readdir(folder)).toHaveLength(left.length)
  })
})

test.each([
  ['an unknown path', '/nothing', 404],
  ['an unknown message', '/api/v1/message/20261121T000000000Z-00000000', 404],
  ['a way out of the folder', '/api/v1/message/..%2f..%2fetc%2fpasswd/raw', 404],
  ['the question whether it lives', '/livez', 200],
])('%s is answered', async (_what, target, status) => {
  expect((await fetch(catcher.apiUrl + target)).status).toBe(status)
})

test('a message above 10 MiB is refused and not kept', async () => {
  const tooLarge = message('large', 'x'.repeat(11 * 1024 * 1024))
  await expect(send(catcher.smtpUrl, tooLarge)).rejects.toThrow(/^552/)
  expect(await readdir(folder)).toEqual([])
})

test('what a killed catcher had acknowledged is there after it, and what it had not is swept away', async () => {
  const [smtpPort, httpPort] = [await freePort(), await freePort()]
  const env = {
    MAIL_FOLDER: folder,
    MAIL_SMTP_PORT: String(smtpPort),
    MAIL_HTTP_PORT: String(httpPort),
  }
  const script = path.join(import.meta.dirname, '../run-mail-catcher.ts')
  const command = { file: process.execPath, args: [script], cwd: '/', user: null, env }
  const log = path.join(os.tmpdir(), `uptick-mail-${smtpPort}.log`)
  const first = await startChild(command, log)
  await vi.waitFor(() => send(`smtp://127.0.0.1:${smtpPort}`, message('kept', 'text')), {
    timeout: 10_000,
  })
  await first.stop('SIGKILL', 1_000)
  await writeFile(path.join(folder, '20261121T000000000Z-00000000.eml.unfinished'), 'half a mess')
  const second = await startChild(command, log)
  const found = await vi.waitFor(() => list(`http://127.0.0.1:${httpPort}`), { timeout: 10_000 })
  expect(found.messages.map((mail) => mail.Subject)).toEqual(['kept'])
  expect(await readdir(folder)).toHaveLength(1)
  expect(await second.stop('SIGTERM', 5_000)).toEqual({ code: 0, signal: null })
  await rm(log)
})

function message(subject: string, text: string): string {
  return [
    'From: Uptick <uptick@uptick.localhost>',
    'To: ops@uptick.localhost',
    `Subject: ${subject}`,
    'Message-ID: <1@uptick.localhost>',
    '',
    text,
  ].join('\r\n')
}

async function list(api: string, query = ''): Promise<{ total: number; messages: MailSummary[] }> {
  const response = await fetch(`${api}/api/v1/messages${query}`)
  return (await response.json()) as { total: number; messages: MailSummary[] } // what the API under test promises
}

/** A conversation in SMTP: each line is sent when the one before was answered. Rejects with the first refusal. */
function send(smtpUrl: string, raw: string): Promise<void> {
  const lines = [
    'EHLO test',
    'MAIL FROM:<bounce@uptick.localhost>',
    'RCPT TO:<hidden@uptick.localhost>',
    'DATA',
    `${raw}\r\n.`,
    'QUIT',
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1')
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('data', (chunk) => {
      const answer = chunk.toString()
      if (/^[45]/.test(answer)) reject(new Error(answer))
      const next = lines.shift()
      if (next !== undefined && !/^[45]/.test(answer)) socket.write(`${next}\r\n`)
    })
  })
}
