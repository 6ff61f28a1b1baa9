import { type CsvError, parse } from 'csv-parse'
import { fieldSuggestion } from './field-suggestion.ts'
import { problem, type SourceItem } from './source-row.ts'

/** A cell may hold a body of 64 KiB; a quote that is never closed must not read in the whole file. */
const RECORD_CHARACTERS_MAX = 512 * 1024

/**
 * The rows of a CSV with a header, as a stream: RFC 4180, commas, line breaks of any kind, blank
 * lines skipped. A header that cannot be used, and a quote that is never closed, end the reading.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  columns: readonly string[],
): AsyncGenerator<SourceItem> {
  let line = 1
  let header: readonly string[] | null = null
  for await (const record of readRecords(text)) {
    const place = `line ${line}`
    if (!Array.isArray(record)) return yield problem(place, plainReason(record))
    // The parser's own count takes a CR LF within quotes for two lines.
    line += 1 + record.reduce((breaks, cell) => breaks + breaksIn(cell), 0)
    if (record.length === 1 && record[0] === '') continue
    if (header !== null) yield rowOf(place, header, record)
    else {
      header = record
      const problems = headerProblems(record, columns)
      yield* problems.map((reason) => problem(place, reason))
      if (problems.length > 0) return
    }
  }
  if (header === null)
    yield problem('line 1', 'the file is empty: a header with a column url is missing')
}

/**
 * Every record in order, and last what the parser could not read. The parser as a stream would drop,
 * on an error, the records that it had read before.
 */
async function* readRecords(text: AsyncIterable<string>): AsyncGenerator<string[] | CsvError> {
  const records: string[][] = []
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    trim: true,
    max_record_size: RECORD_CHARACTERS_MAX,
    on_record: (record: string[]) => {
      records.push(record)
      return null
    },
  })
  const takeRecords = () => records.splice(0)
  let error: CsvError | null = null
  // The callback of each write tells it too; without a listener it would end the process.
  parser.on('error', () => undefined).resume()
  for await (const part of text) {
    error = await settled((done) => parser.write(part, done))
    yield* takeRecords()
    if (error !== null) return yield error
  }
  error = await settled((done) => parser.end(done))
  yield* takeRecords()
  if (error !== null) yield error
}

/** The parser's complaint, or null when it went well. */
function settled(act: (done: (error?: Error | null) => void) => void): Promise<CsvError | null> {
  return new Promise((resolve, reject) =>
    act((error) => {
      if (!error) resolve(null)
      else if (isCsvError(error)) resolve(error)
      else reject(error)
    }),
  )
}

function rowOf(place: string, header: readonly string[], cells: readonly string[]): SourceItem {
  if (cells.length !== header.length) {
    return problem(place, `has ${cells.length} columns, the header has ${header.length}`)
  }
  const fields = new Map(header.map((column, index) => [column, cells[index] ?? '']))
  return { kind: 'row', place, form: 'cells', fields }
}

function headerProblems(header: readonly string[], columns: readonly string[]): string[] {
  const unknown = header
    .filter((name) => !columns.includes(name))
    .map((name) => `unknown column ${JSON.stringify(name)}${fieldSuggestion(name, columns)}`)
  const repeated = header
    .filter((name, index) => header.indexOf(name) !== index)
    .map((name) => `the column ${JSON.stringify(name)} is there twice`)
  const isWithoutUrl =
    !header.includes('url') && !header.includes('site') && !header.includes('endpoint')
  return [...unknown, ...repeated, ...(isWithoutUrl ? ['the column url is missing'] : [])]
}

function breaksIn(cell: string): number {
  return cell.includes('\n') ? cell.split('\n').length - 1 : 0
}

function isCsvError(error: Error): error is CsvError {
  return 'code' in error && String(error.code).startsWith('CSV_')
}

function plainReason(error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed'
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return `is longer than ${RECORD_CHARACTERS_MAX} characters: is a quote not closed?`
  }
  return error.message
}
