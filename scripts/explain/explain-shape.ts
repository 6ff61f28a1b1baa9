import {
  type CommandShape,
  databaseExitCodes,
  helpOption,
  noColorOption,
} from '../command-shape.ts'

export const explainShape: CommandShape = {
  name: 'explain',
  summary: 'the whole story of one outage, from its checks to its emails',
  about: [
    'Why an outage was opened, who was told, and what ended it: each check with its job, worker and phases,\nthe record as it was published, the rule in force, and every email.',
    `OUTAGE
  its id, or how it begins (4 characters or more), as uptick outages shows it`,
  ],
  words: { name: '[OUTAGE]', min: 0, max: 1 },
  groups: [
    {
      title: 'Which',
      options: [
        { name: 'site', value: 'SITE', help: 'in place of OUTAGE: the newest of this name or id' },
      ],
    },
    {
      title: 'Output',
      options: [
        { name: 'json', value: null, help: 'one JSON object (docs/cli.md)' },
        noColorOption,
        helpOption,
      ],
    },
  ],
  examples: ['uptick explain 1f0c5a2e', 'uptick explain --site shop --json | jq .emails'],
  exitCodes: databaseExitCodes,
}
