import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import type { Db } from '#db/connect.ts'
import type { Evidence } from '../evidence.ts'
import type { Finding, Invariant } from '../invariant.ts'

/** Its own are about what happened to which process, and tell nothing of a site. */
const TABLES_OF_THE_QUEUE = ['job', 'warning']

/** I15 */
export const secretsStay: Invariant = {
  id: 'I15',
  sentence: 'No secret that a site names is in a log, record, table, email or answer',
  async examine({ db, logFolder, records, mails, answers, secrets }: Evidence): Promise<Finding> {
    const forms = secrets.flatMap(formsOf)
    const texts: AsyncIterable<Text>[] = [
      logTexts(logFolder),
      each(
        records.map(({ place, value }) => ({
          where: `record ${place}`,
          text: value?.toString() ?? '',
        })),
      ),
      each(
        mails.map(({ raw, parsed }) => ({
          where: `email ${parsed.messageId}`,
          text: `${raw}\n${parsed.text ?? ''}\n${parsed.html ?? ''}`,
        })),
      ),
      each([...answers].map(([where, text]) => ({ where, text }))),
      tableTexts(
        db,
        forms.map(({ text }) => text),
      ),
    ]
    return judgeTexts(forms, texts, secrets.length)
  },
}

type Text = { readonly where: string; readonly text: string }
/** A secret as it might be written somewhere. */
export type Form = { readonly text: string; readonly of: string }

export async function judgeTexts(
  forms: readonly Form[],
  sources: readonly AsyncIterable<Text>[],
  secretCount: number,
): Promise<Finding> {
  const any = anyOf(forms)
  const violations = new Set<string>()
  let compared = 0
  for (const source of sources) {
    for await (const { where, text } of source) {
      compared++
      if (!any.test(text)) continue
      for (const form of forms) {
        if (text.includes(form.text)) violations.add(`${where} has the secret ${form.of}`)
      }
    }
  }
  return {
    compared: secretCount === 0 ? 0 : compared,
    of: 'texts',
    violations: [...violations],
    remarks: [`secrets: ${secretCount}`],
  }
}

/** As it is, in a URL, in JSON, and in base64 wherever in a longer text it begins. Told by its beginning alone. */
export function formsOf(secret: string): readonly Form[] {
  const of = `${secret.slice(0, 4)}...`
  const shifted = [0, 1, 2].map((shift) => {
    const coded = Buffer.from(`${'.'.repeat(shift)}${secret}`).toString('base64')
    // Characters that bytes before or after the secret have a part in say nothing of it.
    return coded.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1)
  })
  const texts = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...shifted,
  ]
  return [...new Set(texts)].map((text) => ({ text, of }))
}

/** One pass over a text for all secrets: logs are long, and hardly one holds a secret. */
function anyOf(forms: readonly Form[]): RegExp {
  return forms.length === 0 ? /$^/ : new RegExp(forms.map(({ text }) => escaped(text)).join('|'))
}

/** For JavaScript and for Postgres. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

async function* each(texts: readonly Text[]): AsyncGenerator<Text> {
  yield* texts
}

/** A log is as long as a run: read line by line it would be slower, and is no smaller than memory. */
async function* logTexts(folder: string): AsyncGenerator<Text> {
  for await (const file of glob('**/*.{log,txt}', { cwd: folder })) {
    yield { where: `log ${file}`, text: await readFile(path.join(folder, file), 'utf8') }
  }
}

/** One text for each table: the rows that have any of these in them, whole. */
async function* tableTexts(db: Db, forms: readonly string[]): AsyncGenerator<Text> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and (n.nspname = 'public' or n.nspname = 'pgboss' and c.relname = any(${sql.val(TABLES_OF_THE_QUEUE)}::text[]))`.execute(
    db,
  )
  const pattern = forms.length === 0 ? '(?!)' : forms.map(escaped).join('|')
  for (const { schema, name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select said.row from ${sql.table(`${schema}.${name}`)} t cross join lateral (
        select string_agg(value, ' ') as row from jsonb_each_text(to_jsonb(t))) as said
      where said.row ~ ${pattern}`.execute(db)
    yield { where: `table ${name}`, text: rows.map(({ row }) => row).join('\n') }
  }
}
