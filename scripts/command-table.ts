import { checkShape } from './check/check-shape.ts'
import type { Command } from './command-end.ts'
import type { CommandShape } from './command-shape.ts'
import { completionShape } from './completion/completion-shape.ts'
import { doctorShape } from './doctor/doctor-shape.ts'
import { explainShape } from './explain/explain-shape.ts'
import { keyCreateShape, keyListShape, keyRevokeShape } from './key/key-shapes.ts'
import { migrateShape } from './migration/migrate-shape.ts'
import { outagesShape } from './outages/outages-shape.ts'
import { reportShape, reportTopics } from './report/report-shape.ts'
import {
  sitesAddShape,
  sitesExportShape,
  sitesImportShape,
  sitesListShape,
  sitesPauseShape,
  sitesRemoveShape,
  sitesResumeShape,
} from './sites/site-shapes.ts'

export type CommandEntry = {
  readonly shape: CommandShape
  /** Loaded when it is asked for: nobody waits for the code of another command. */
  readonly load: () => Promise<Command>
}

const siteCommands: readonly CommandEntry[] = [
  {
    shape: sitesListShape,
    load: async () => (await import('./sites/sites-list-command.ts')).sitesListCommand,
  },
  {
    shape: sitesAddShape,
    load: async () => (await import('./sites/sites-add-command.ts')).sitesAddCommand,
  },
  {
    shape: sitesImportShape,
    load: async () => (await import('./sites/sites-import-command.ts')).sitesImportCommand,
  },
  {
    shape: sitesExportShape,
    load: async () => (await import('./sites/sites-export-command.ts')).sitesExportCommand,
  },
  {
    shape: sitesPauseShape,
    load: async () => (await import('./sites/sites-switch-commands.ts')).sitesPauseCommand,
  },
  {
    shape: sitesResumeShape,
    load: async () => (await import('./sites/sites-switch-commands.ts')).sitesResumeCommand,
  },
  {
    shape: sitesRemoveShape,
    load: async () => (await import('./sites/sites-switch-commands.ts')).sitesRemoveCommand,
  },
]

const keyCommands: readonly CommandEntry[] = [
  {
    shape: keyCreateShape,
    load: async () => (await import('./key/key-commands.ts')).keyCreateCommand,
  },
  {
    shape: keyListShape,
    load: async () => (await import('./key/key-commands.ts')).keyListCommand,
  },
  {
    shape: keyRevokeShape,
    load: async () => (await import('./key/key-commands.ts')).keyRevokeCommand,
  },
]

/** Every command of `uptick`, in the order of its help. */
export const commandTable: readonly CommandEntry[] = [
  {
    shape: checkShape,
    load: async () => (await import('./check/check-command.ts')).checkCommand,
  },
  ...reportTopics.map((topic) => ({
    shape: reportShape(topic),
    load: async () => (await import('./report/report-command.ts')).reportCommand(topic),
  })),
  {
    shape: outagesShape,
    load: async () => (await import('./outages/outages-command.ts')).outagesCommand,
  },
  {
    shape: explainShape,
    load: async () => (await import('./explain/explain-command.ts')).explainCommand,
  },
  ...siteCommands,
  ...keyCommands,
  {
    shape: doctorShape,
    load: async () => (await import('./doctor/doctor-command.ts')).doctorCommand,
  },
  {
    shape: migrateShape,
    load: async () => (await import('./migration/migrate-command.ts')).migrateCommand,
  },
  {
    shape: completionShape,
    load: async () => {
      const { completionOf } = await import('./completion/completion-command.ts')
      return completionOf(commandTable.map(({ shape }) => shape))
    },
  },
]
