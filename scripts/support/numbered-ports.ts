/** How far a search goes beyond a busy port. */
const SEARCH_LIMIT = 100

export type PortSearch = {
  /** Who needs one, in order. */
  readonly names: readonly string[]
  /** What they had below this counts no more: it was moved. */
  readonly first: number
  /** What an earlier start has given them. */
  readonly remembered: Readonly<Record<string, number>>
  /** Who is running, and so holds its own: busy, and still right. */
  readonly running: ReadonlySet<string>
  readonly isFree: (port: number) => Promise<boolean>
}

/**
 * A port for each of any number of processes: what it had, else the next free one from `first` on.
 * Those who are not asked for keep theirs: a worker that comes back is found where it was.
 * @throws where there is none within 100.
 */
export async function numberedPorts({
  names,
  first,
  remembered,
  running,
  isFree,
}: PortSearch): Promise<Readonly<Record<string, number>>> {
  const given: Record<string, number> = { ...remembered }
  for (const name of names) {
    const own = given[name]
    const isStillRight = own !== undefined && own >= first
    if (isStillRight && (running.has(name) || (await isFree(own)))) continue
    given[name] = await nextFree(first, new Set(Object.values(given)), isFree)
  }
  return given
}

async function nextFree(
  first: number,
  taken: ReadonlySet<number>,
  isFree: (port: number) => Promise<boolean>,
): Promise<number> {
  const last = first + taken.size + SEARCH_LIMIT
  for (let port = first; port <= last; port++) {
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new Error(`no free port from ${first} to ${last}`)
}
