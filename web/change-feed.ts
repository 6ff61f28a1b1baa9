/** Tells whoever shows something that it may have changed. */
export type ChangeFeed = {
  /** Calls back after each change, however many at once; resolves the way to stop it. */
  subscribe(onChange: () => void): () => void
}

/** Nothing ever changes: for a process without a database to listen to. */
export const noChanges: ChangeFeed = { subscribe: () => () => undefined }
