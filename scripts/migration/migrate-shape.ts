import { type CommandShape, helpOption } from '../command-shape.ts'

export const migrateShape: CommandShape = {
  name: 'migrate',
  summary: 'bring the database to this version of the code',
  about: [
    'Applies the migrations that are missing, as DATABASE_ADMIN_URL, and makes the roles, the queues and the topic. It may run twice, in parallel, and be killed half-way. The same as make migrate.',
  ],
  words: null,
  groups: [
    {
      title: 'Output',
      options: [{ name: 'json', value: null, help: 'one JSON object (docs/cli.md)' }, helpOption],
    },
  ],
  examples: [
    'uptick migrate',
    'DATABASE_ADMIN_URL=postgres://owner:secret@db/uptick uptick migrate',
  ],
  exitCodes:
    '0 done, 1 refused by the database, 2 wrong usage or settings, 3 a server is away, 70 a bug',
}
