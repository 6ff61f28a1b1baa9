import { describe, expect, test } from 'vitest'
import { loadedColumns } from '#db/loaded-columns.ts'
import { commandHelp } from '../command-help.ts'
import { columnsOfOptions, readNewSite } from './read-new-site.ts'
import { sitesAddShape } from './site-shapes.ts'

const URL = 'https://example.test/'
const options = { cadences: new Set(['1m', '5m']), newToken: 'a-token-of-its-own' }

describe('the options of uptick sites add', () => {
  test.each(loadedColumns.filter((column) => column !== 'url'))('have one for %s', (column) => {
    expect(columnsOfOptions).toContain(column)
  })

  test.each(sitesAddShape.groups.flatMap((group) => group.options.map(({ name }) => name)))(
    'are all in the help: --%s',
    (name) => {
      expect(commandHelp(sitesAddShape)).toMatch(new RegExp(`^  --${name}( |$)`, 'm'))
    },
  )
})

describe('a new site', () => {
  test.each<[string, readonly string[], object]>([
    ['alone', [URL], { url: URL, kind: 'http', cadence: '5m', enabled: true, tags: [] }],
    ['with tags, blanks and all', [URL, '--tag=a b', '--tag=c'], { tags: ['a b', 'c'] }],
    ['not yet watched', [URL, '--disabled'], { enabled: false }],
    ['of another kind', ['tcp://a.test:25', '--body=QUIT'], { kind: 'tcp', body: 'QUIT' }],
    ['a heartbeat without a token', ['heartbeat:new'], { url: 'heartbeat:a-token-of-its-own' }],
    ['a heartbeat with one', ['heartbeat:mine-1234'], { url: 'heartbeat:mine-1234' }],
    ['in public', [URL, '--published', '--public-name=Shop'], { published: true }],
  ])('%s', (_, args, values) => {
    expect(readNewSite(args, options)).toMatchObject({ outcome: 'read', values })
  })

  test.each<[string, readonly string[], string]>([
    ['without a scheme', ['example.test'], 'URL: "example.test" must begin with'],
    ['with credentials', ['https://u:hunter2@a.test/'], 'URL: must not hold credentials'],
    ['at an unknown cadence', [URL, '--cadence=2m'], '--cadence: "2m" must be one of 1m, 5m'],
    ['with a number that is none', [URL, '--sla-ms=x'], '--sla-ms: "x" must be a whole number'],
    ['in public without a name', [URL, '--published'], 'needs a name or a --public-name'],
    ['with a header in another form', [URL, '--header=x'], "--header: must be 'NAME: VALUE'"],
    ['with a rule that is none', [URL, '--condition=[X] == 1'], '--condition'],
  ])('is refused %s', (_, args, problem) => {
    const reading = readNewSite(args, options)
    if (reading.outcome !== 'refused') throw new Error('must be refused')
    expect(reading.problems.join('\n')).toContain(problem)
    expect(reading.problems.join('\n')).not.toContain('hunter2')
  })
})
