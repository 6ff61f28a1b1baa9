import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import PostalMime, { type Address, type Email } from 'postal-mime'

/** The oldest go first. At the largest size a message may have, the store would still fit a disk. */
const MAX_KEPT = 2_000
const SNIPPET_LENGTH = 250

/** An address in the shape that Mailpit gives it. */
export type MailAddress = { readonly Name: string; readonly Address: string }

/** One message in a list, in Mailpit's shape, so that whoever reads one reads the other. */
export type MailSummary = {
  readonly ID: string
  /** Without angle brackets. */
  readonly MessageID: string
  readonly From: MailAddress
  readonly To: readonly MailAddress[]
  readonly Subject: string
  /** When it was received, ISO 8601. */
  readonly Created: string
  /** Bytes. */
  readonly Size: number
  readonly Snippet: string
}

export type MailMessage = MailSummary & { readonly Text: string; readonly HTML: string }

export type Envelope = { readonly sender: string; readonly recipients: readonly string[] }

/** Messages as files, newest first in memory. What `save` has resolved for is there after a power cut. */
export type MailStore = {
  save(raw: Buffer, envelope: Envelope): Promise<void>
  list(): readonly MailSummary[]
  read(id: string): Promise<MailMessage | null>
  readRaw(id: string): Promise<Buffer | null>
  /** All where no ids are given. */
  remove(ids: readonly string[] | null): Promise<void>
}

export async function openMailStore(folder: string): Promise<MailStore> {
  await mkdir(folder, { recursive: true })
  const summaries = await readAll(folder)
  const fileOf = (id: string) => path.join(folder, `${id}.eml`)
  const isKnown = (id: string) => summaries.some((summary) => summary.ID === id)
  const remove = async (ids: readonly string[]) => {
    for (const id of ids) await rm(fileOf(id), { force: true })
    const kept = summaries.filter((summary) => !ids.includes(summary.ID))
    summaries.splice(0, summaries.length, ...kept)
  }
  return {
    async save(raw, envelope) {
      const id = newId(new Date())
      const delivered = Buffer.concat([Buffer.from(traceHeaders(envelope)), raw])
      await writeDurably(folder, `${id}.eml`, delivered)
      summaries.unshift((await parse(id, delivered)).summary)
      await remove(summaries.slice(MAX_KEPT).map((summary) => summary.ID))
    },
    list: () => summaries,
    async read(id) {
      if (!isKnown(id)) return null
      const { summary, email } = await parse(id, await readFile(fileOf(id)))
      return { ...summary, Text: email.text ?? '', HTML: email.html ?? '' }
    },
    readRaw: async (id) => (isKnown(id) ? readFile(fileOf(id)) : null),
    remove: (ids) => remove(ids ?? summaries.map((summary) => summary.ID)),
  }
}

async function readAll(folder: string): Promise<MailSummary[]> {
  const names = await readdir(folder)
  // A name that is not final belongs to a message that was never acknowledged.
  for (const name of names.filter((name) => name.endsWith('.unfinished')))
    await rm(path.join(folder, name))
  const ids = names
    .filter((name) => name.endsWith('.eml'))
    .map((name) => path.basename(name, '.eml'))
  const summaries: MailSummary[] = []
  for (const id of ids.sort().reverse().slice(0, MAX_KEPT)) {
    summaries.push((await parse(id, await readFile(path.join(folder, `${id}.eml`)))).summary)
  }
  return summaries
}

/** File and name are on the disk when it resolves. */
async function writeDurably(folder: string, name: string, content: Buffer): Promise<void> {
  const unfinished = path.join(folder, `${name}.unfinished`)
  const file = await open(unfinished, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path.join(folder, name))
  const directory = await open(folder, 'r')
  await directory.sync().finally(() => directory.close())
}

/** What a mail server writes on top at delivery: without it, who the message was really for is lost. */
function traceHeaders({ sender, recipients }: Envelope): string {
  return [`Return-Path: <${sender}>`, ...recipients.map((to) => `Delivered-To: ${to}`), ''].join(
    '\r\n',
  )
}

/** Sorts by time; `20261121T091557123Z-1f2e3d4c`. */
function newId(at: Date): string {
  return `${at.toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
}

function receivedAt(id: string): string {
  const [, date = '', time = '', millis = ''] = /^(\d{8})T(\d{6})(\d{3})Z/.exec(id) ?? []
  const iso = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}.${millis}Z`
  return iso
}

async function parse(id: string, raw: Buffer): Promise<{ summary: MailSummary; email: Email }> {
  const email = await PostalMime.parse(raw)
  const summary = {
    ID: id,
    MessageID: (email.messageId ?? '').replace(/^<|>$/g, ''),
    From:
      email.from === undefined
        ? { Name: '', Address: '' }
        : (mailboxes(email.from)[0] ?? { Name: '', Address: '' }),
    To: (email.to ?? []).flatMap(mailboxes),
    Subject: email.subject ?? '',
    Created: receivedAt(id),
    Size: raw.length,
    Snippet: (email.text ?? '').replace(/\s+/g, ' ').trim().slice(0, SNIPPET_LENGTH),
  }
  return { summary, email }
}

/** A group counts as its members. */
function mailboxes(address: Address): MailAddress[] {
  if (address.group !== undefined) return address.group.flatMap(mailboxes)
  return [{ Name: address.name, Address: address.address ?? '' }]
}
