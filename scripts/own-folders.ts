import type { Context } from './command.ts'

/** What the command line of a process of this checkout mentions, and of no other. */
export function ownFolders({ places, state }: Pick<Context, 'places' | 'state'>): string[] {
  const movedTo = state?.postgres?.movedTo
  return [`${places.checkout}/`, `${places.state}/`, ...(movedTo ? [movedTo] : [])]
}
