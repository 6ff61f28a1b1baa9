import { type CommandShape, helpOption, noColorOption } from '../command-shape.ts'

export const doctorShape: CommandShape = {
  name: 'doctor',
  summary: 'whether everything is as it should be, and what to do',
  about: [
    'Looks at Node, settings, database, clocks, queue, results, mail, sites and disk, all at once and within seconds; changes nothing. It asks from here: where the services are containers, they may see other servers.',
  ],
  words: null,
  groups: [
    {
      title: 'Output',
      options: [
        { name: 'json', value: null, help: 'one JSON object (docs/cli.md)' },
        noColorOption,
        helpOption,
      ],
    },
  ],
  examples: [
    'uptick doctor',
    `uptick doctor --json | jq -r '.checks[] | select(.outcome == "fail") | .name'`,
  ],
  exitCodes:
    '0 all is well, or there are only warnings; 1 something has failed; 2 wrong usage; 70 a bug',
}
