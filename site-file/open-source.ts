import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { decodeUtf8, EncodingError } from './decode-utf8.ts'
import type { Document } from './document.ts'
import { parseJson } from './parse-json.ts'
import { parseYaml } from './parse-yaml.ts'
import { readCsv } from './read-csv.ts'
import { readDocument } from './read-document.ts'
import { acceptedFields } from './read-site-row.ts'
import { problem, type SourceItem } from './source-row.ts'

/** A document is held in memory as a whole, many times its size; a CSV is not, and has no such limit. */
const DOCUMENT_BYTES_MAX = 10 * 1024 * 1024

/** A file of sites, opened. */
export type Source = {
  readonly cadences: ReadonlyMap<string, number>
  readonly items: AsyncIterable<SourceItem>
  /** How much of the file has been read: 0 to 1. */
  readonly readShare: () => number
}

/** The file cannot be read at all; the message says why. */
export class SourceError extends Error {}

type DocumentParser = (text: string) => Document

const documentParsers: Readonly<Record<string, DocumentParser>> = {
  '.yaml': parseYaml,
  '.yml': parseYaml,
  '.json': parseJson,
}

/** What a source is read from; `name` tells its kind. */
type Content = {
  readonly name: string
  readonly bytes: number
  open(): AsyncIterable<Buffer> & { readonly bytesRead: number }
}

/**
 * Opens a `.csv`, `.yaml`, `.yml` or `.json` file. Each `${NAME}` of `variables` is replaced in a
 * document before it is parsed; a user's file has none.
 * @throws SourceError when it is not there, not readable, too large or of another kind.
 */
export async function openSource(
  file: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Source> {
  const bytes = await fileBytes(file)
  return openContent({ name: file, bytes, open: () => createReadStream(file) }, variables)
}

/**
 * Opens what somebody has sent, by the name that it had there.
 * @throws SourceError as of a file.
 */
export function openUpload(name: string, content: Buffer): Promise<Source> {
  const open = () => Object.assign(Readable.from([content]), { bytesRead: content.length })
  return openContent({ name, bytes: content.length, open }, {})
}

async function openContent(
  content: Content,
  variables: Readonly<Record<string, string>>,
): Promise<Source> {
  const { name, bytes } = content
  const extension = path.extname(name).toLowerCase()
  if (extension === '.csv') return openCsv(content)
  const parse = documentParsers[extension]
  if (parse === undefined)
    throw new SourceError(`${name}: must be a .csv, .yaml, .yml or .json file`)
  if (bytes > DOCUMENT_BYTES_MAX) {
    const limit = `${DOCUMENT_BYTES_MAX / 1024 / 1024} MiB`
    throw new SourceError(`${name}: is larger than ${limit}: a CSV file may be of any size`)
  }
  return openDocument(content, parse, variables)
}

async function fileBytes(file: string): Promise<number> {
  try {
    const found = await stat(file)
    if (!found.isFile()) throw new SourceError(`${file}: is not a file`)
    return found.size
  } catch (error) {
    if (error instanceof SourceError || !(error instanceof Error && 'code' in error)) throw error
    throw new SourceError(`${file}: cannot be read (${error.code})`)
  }
}

function openCsv({ bytes, open }: Content): Source {
  const stream = open()
  return {
    cadences: new Map(),
    items: withEncodingProblems(readCsv(decodeUtf8(stream), acceptedFields)),
    readShare: () => (bytes === 0 ? 1 : stream.bytesRead / bytes),
  }
}

async function openDocument(
  { open }: Content,
  parse: DocumentParser,
  variables: Readonly<Record<string, string>>,
): Promise<Source> {
  let text = ''
  try {
    for await (const part of decodeUtf8(open())) text += part
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
    return {
      cadences: new Map(),
      items: asStream([problem('encoding', error.message)]),
      readShare: () => 1,
    }
  }
  for (const [name, value] of Object.entries(variables))
    text = text.replaceAll(`\${${name}}`, value)
  const { cadences, items } = readDocument(parse(text))
  return { cadences, items: asStream(items), readShare: () => 1 }
}

async function* withEncodingProblems(items: AsyncIterable<SourceItem>): AsyncGenerator<SourceItem> {
  try {
    yield* items
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
    yield problem('encoding', error.message)
  }
}

async function* asStream(items: readonly SourceItem[]): AsyncGenerator<SourceItem> {
  yield* items
}
