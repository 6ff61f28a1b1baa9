import { Client } from 'undici'

/**
 * The probe alone, for comparison: undici, a fresh connection each time, 100 in flight, the body
 * read. Prints the CPU microseconds per probe. Its arguments: an origin, how many probes, and the
 * name that the server's certificate must have where that is not the origin's.
 */
const [origin = '', countText = '20000', servername] = process.argv.slice(2)
const count = Number(countText)
const IN_FLIGHT = 100

async function probe(): Promise<void> {
  const connect = { maxCachedSessions: 0, ...(servername !== undefined && { servername }) }
  const client = new Client(origin, { connect })
  try {
    const { body } = await client.request({ path: '/', method: 'GET', reset: true })
    await body.dump()
  } finally {
    await client.destroy()
  }
}

async function probeMany(probes: number): Promise<void> {
  let left = probes
  const lane = async () => {
    while (left-- > 0) await probe()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}

await probeMany(2_000)
const before = process.cpuUsage()
await probeMany(count)
const { user, system } = process.cpuUsage(before)
process.stdout.write(`${JSON.stringify({ cpuMicrosPerProbe: (user + system) / count })}\n`)
