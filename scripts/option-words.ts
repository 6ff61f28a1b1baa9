import {
  alerting,
  credentials,
  expectations,
  howToAsk,
  publishing,
  tls,
  watching,
} from './site-options.ts'

const options = [
  ...[howToAsk, credentials, tls, expectations],
  ...[watching, alerting, publishing],
].flat()

/** Of every column that an option sets, how it is called on the command line. */
const wordsOfColumns: ReadonlyMap<string, string> = new Map([
  ['url', 'URL'],
  ...options.map(({ name, says }) => [says.column, `--${name}`] as const),
])

const QUOTED_OR_WORD = /"(?:[^"\\]|\\.)*"|[a-z]+(?:_[a-z]+)*/g

/**
 * A problem of a site in the words of whoever typed it: `timeout_ms: "x" must be ...` is said of
 * `--timeout-ms`. A word within is a column's name only where it could be no other word. Pure.
 */
export function inOptionWords(problem: string): string {
  return problem.replace(QUOTED_OR_WORD, (word, at: number) => {
    const isName = at === 0 || word.includes('_')
    return (isName ? wordsOfColumns.get(word) : undefined) ?? word
  })
}
