import type { SiteState } from '#db/site-list.ts'
import type { SiteFileFormat } from '../../site-file/write-sites.ts'
import {
  type CommandOption,
  type CommandShape,
  databaseExitCodes,
  helpOption,
  noColorOption,
} from '../command-shape.ts'
import {
  alerting,
  credentials,
  expectations,
  howToAsk,
  publishing,
  tls,
  watching,
} from '../site-options.ts'

/** Said again here, so that the help of one command does not load the code of the others. */
const siteStates: readonly SiteState[] = ['down', 'invalid', 'unknown', 'up', 'paused']
const siteFileFormats: readonly SiteFileFormat[] = ['yaml', 'json', 'csv']

const jsonOption: CommandOption = {
  name: 'json',
  value: null,
  help: 'one JSON object (docs/cli.md)',
}
const dryRunOption: CommandOption = {
  name: 'dry-run',
  value: null,
  help: 'say what would be done, and do nothing',
}
const tagOption: CommandOption = {
  name: 'tag',
  value: 'TAG',
  help: 'sites with any of these; may be given again',
  repeats: true,
}
const output = (options: readonly CommandOption[]) => ({
  title: 'Output',
  options: [...options, helpOption],
})

export const sitesListShape: CommandShape = {
  name: 'sites list',
  summary: 'what is watched, worst first',
  about: ['Lists sites with their state: down, invalid, unknown, up, paused.'],
  words: null,
  groups: [
    {
      title: 'Which',
      options: [
        tagOption,
        {
          name: 'state',
          value: 'STATE',
          help: `${siteStates.join(', ')}; may be given again`,
          repeats: true,
          choices: siteStates,
        },
        { name: 'search', value: 'TEXT', help: 'a part of the name or the URL' },
        {
          name: 'limit',
          value: 'N',
          help: 'so many at most, 0: all (default 40, with --json all)',
        },
      ],
    },
    output([jsonOption, noColorOption]),
  ],
  examples: [
    'uptick sites list --state down --state invalid',
    'uptick sites list --tag shop --search checkout',
    'uptick sites list --json | jq -r \'.sites[] | select(.state == "down") | .url\'',
  ],
  exitCodes: databaseExitCodes,
}

export const sitesAddShape: CommandShape = {
  name: 'sites add',
  summary: 'watch a site from now on',
  about: [
    'Adds one site, judged as a file of sites would be. It is checked within seconds. Columns and their limits: docs/checks.md.',
    'URL\n  as in uptick check; and heartbeat:new, or heartbeat:TOKEN, for a job that calls',
  ],
  words: { name: 'URL', min: 1, max: 1 },
  groups: [
    { title: 'What it is, and how often', options: watching },
    { title: 'Who is told, and when', options: alerting },
    { title: 'What is promised, and who may see it', options: publishing },
    { title: 'How to ask', options: howToAsk },
    { title: 'Secrets, by the names of their files in SECRETS_DIR', options: credentials },
    { title: 'TLS', options: tls },
    { title: 'What must be true of the answer', options: expectations },
    output([dryRunOption, jsonOption]),
  ],
  examples: [
    'uptick sites add https://example.com/health --name "Shop" --cadence 1m --tag shop',
    `uptick sites add https://example.com/api --condition '[BODY].status == "OK"' --alert-email ops@example.com`,
    'uptick sites add heartbeat:new --name "Nightly backup" --cadence 1h --heartbeat-max-age-s 90000',
  ],
  exitCodes: databaseExitCodes,
}

export const sitesImportShape: CommandShape = {
  name: 'sites import',
  summary: 'load a file of sites, all of it or nothing',
  about: [
    'Reads a .csv, .yaml, .yml or .json file, as make load-data does: new sites are added, sites that are there (same URL and name) are changed where the file says something else, and others stay.',
  ],
  words: { name: 'FILE', min: 1, max: 1 },
  groups: [output([dryRunOption, jsonOption])],
  examples: [
    'uptick sites import sites.yaml --dry-run',
    'uptick sites export > sites.yaml    # edit it, then: uptick sites import sites.yaml',
  ],
  exitCodes: databaseExitCodes,
}

export const sitesExportShape: CommandShape = {
  name: 'sites export',
  summary: 'write sites as a file that can be imported',
  about: [
    'Writes sites to stdout. Secrets stand in it by their names only; headers, bodies and the tokens of heartbeats stand in it as they are: keep the file as you keep those.',
  ],
  words: null,
  groups: [
    { title: 'Which', options: [tagOption] },
    output([
      {
        name: 'format',
        value: 'FORMAT',
        help: 'yaml, json or csv; a csv cannot bring cadences of yours along (default yaml)',
        choices: siteFileFormats,
      },
      { name: 'json', value: null, help: 'as --format json' },
    ]),
  ],
  examples: ['uptick sites export > sites.yaml', 'uptick sites export --tag shop --format csv'],
  exitCodes: databaseExitCodes,
}

const WORDS = { name: 'SITE...', min: 0, max: 10_000 } as const
const SITES =
  'SITE\n  an id, a slug, or a name or URL that no other site has (uptick sites list shows them)'

function switchShape(
  verb: 'pause' | 'resume' | 'remove',
  summary: string,
  about: string,
  options: readonly CommandOption[],
): CommandShape {
  return {
    name: `sites ${verb}`,
    summary,
    about: [about, SITES],
    words: WORDS,
    groups: [
      { title: 'Which, beside those named', options: [tagOption] },
      output([...options, dryRunOption, jsonOption]),
    ],
    examples: [`uptick sites ${verb} 12 "Shop"`, `uptick sites ${verb} --tag shop --dry-run`],
    exitCodes: databaseExitCodes,
  }
}

export const sitesPauseShape = switchShape(
  'pause',
  'stop watching sites, and keep them',
  'Pauses sites: they are not checked, and nobody is told of them, until they are resumed.',
  [],
)

export const sitesResumeShape = switchShape(
  'resume',
  'watch paused sites again',
  'Resumes sites: they are checked within seconds, and then at their cadence.',
  [],
)

export const sitesRemoveShape = switchShape(
  'remove',
  'forget sites and their outages',
  'Removes sites with their state and their outages; their single results stay until their days are dropped. It cannot be undone: uptick sites export keeps a copy of what is watched.',
  [{ name: 'yes', value: null, help: 'do not ask; needed where nobody can be asked' }],
)
