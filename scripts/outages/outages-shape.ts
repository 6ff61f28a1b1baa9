import { type CommandShape, databaseExitCodes } from '../command-shape.ts'
import { outputOptions, siteOptions, windowOptions } from '../report/report-shape.ts'

export const outagesShape: CommandShape = {
  name: 'outages',
  summary: 'which sites were down, when, why, and who was told',
  about: [
    'Outages, open ones first, then the newest first. uptick explain tells the story of one.',
  ],
  words: null,
  groups: [
    {
      title: 'Which',
      options: [
        { name: 'open', value: null, help: 'only those that last, however long ago they began' },
        ...windowOptions,
        ...siteOptions,
      ],
    },
    { title: 'Output', options: outputOptions },
  ],
  examples: [
    'uptick outages --open',
    'uptick outages --since 30d --tag shop',
    'uptick outages --from 2026-01-01 --to 2026-02-01 --format csv > january.csv',
  ],
  exitCodes: databaseExitCodes,
}
