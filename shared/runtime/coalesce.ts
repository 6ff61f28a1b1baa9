export type CoalesceOptions = {
  /** A group is not made larger than this, but for a single caller's items. */
  readonly maxItems: number
  /** How long the first caller waits for others. */
  readonly lingerMs: number
}

type Waiting<T> = {
  readonly items: readonly T[]
  readonly alive: () => Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets many callers share one piece of bulk work: what arrives while a group is being worked on
 * becomes the next group. Each caller's promise settles with its group; one group runs at a time.
 */
export function coalesce<T>(
  work: (items: readonly T[], alive: () => Promise<void>) => Promise<void>,
  { maxItems, lingerMs }: CoalesceOptions,
): (items: readonly T[], alive: () => Promise<void>) => Promise<void> {
  let queue: Waiting<T>[] = []
  let isRunning = false

  const takeGroup = () => {
    let size = 0
    const end = queue.findIndex((waiting, index) => {
      size += waiting.items.length
      return index > 0 && size > maxItems
    })
    const group = end === -1 ? queue : queue.slice(0, end)
    queue = queue.slice(group.length)
    return group
  }
  const drain = async () => {
    if (lingerMs > 0) await new Promise((resolve) => setTimeout(resolve, lingerMs))
    while (queue.length > 0) {
      const group = takeGroup()
      const alive = async () => {
        await Promise.all(group.map((waiting) => waiting.alive()))
      }
      try {
        await work(
          group.flatMap((waiting) => waiting.items),
          alive,
        )
        for (const waiting of group) waiting.resolve()
      } catch (error) {
        for (const waiting of group) waiting.reject(error)
      }
    }
    isRunning = false
  }
  return (items, alive) =>
    new Promise((resolve, reject) => {
      queue.push({ items, alive, resolve, reject })
      if (isRunning) return
      isRunning = true
      void drain()
    })
}
