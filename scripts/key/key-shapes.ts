import type { ApiScope } from '#db/api-keys.ts'
import { type CommandShape, databaseExitCodes, helpOption } from '../command-shape.ts'

const scopes: readonly ApiScope[] = ['read', 'write', 'check']
const output = {
  title: 'Output',
  options: [{ name: 'json', value: null, help: 'one JSON object (docs/cli.md)' }, helpOption],
}

export const keyCreateShape: CommandShape = {
  name: 'key create',
  summary: 'a key for the API, shown once',
  about: [
    'Makes a key for the API (docs/api.md) and shows it, this once: only its SHA-256 is kept.',
    'Scopes\n  read    see sites, results, outages and figures\n  write   add, change, pause and remove sites\n  check   ask for checks',
  ],
  words: null,
  groups: [
    {
      title: 'The key',
      options: [
        { name: 'name', value: 'NAME', help: 'who it is for, 1 to 100 characters; needed' },
        {
          name: 'scope',
          value: 'LIST',
          help: `${scopes.join(',')}, or some of them (default read)`,
        },
        { name: 'expires', value: 'DURATION', help: '90d, 12h, 2w (default: it does not end)' },
      ],
    },
    output,
  ],
  examples: [
    'uptick key create --name "Grafana"',
    'uptick key create --name "deployments" --scope read,write,check --expires 90d',
    `KEY=$(uptick key create --name ci --scope check --json | jq -r .key)`,
  ],
  exitCodes: databaseExitCodes,
}

export const keyListShape: CommandShape = {
  name: 'key list',
  summary: 'the keys of the API, and when each was used',
  about: ['Lists all keys, the newest first. Of the key itself only its beginning is known.'],
  words: null,
  groups: [output],
  examples: ['uptick key list'],
  exitCodes: databaseExitCodes,
}

export const keyRevokeShape: CommandShape = {
  name: 'key revoke',
  summary: 'end a key, from its next request on',
  about: ['Revokes keys by their ids. It cannot be undone; a new one is made in a moment.'],
  words: { name: 'ID...', min: 1, max: 1_000 },
  groups: [output],
  examples: ['uptick key revoke 3'],
  exitCodes: databaseExitCodes,
}
