import { openHistory } from './history/open-history.ts'

/**
 * `make bench-reports`: how long reports, charts and pages take over 50 million results of 10,000 sites. The
 * history is made once and kept in BENCH_FOLDER (10 GB of disk); ROWS makes a smaller one.
 */

const rows = Number(process.env.ROWS ?? 50_000_000)
const folder = process.env.BENCH_FOLDER ?? '/var/tmp/uptick-bench-reports'

const history = await openHistory(folder, rows)
await history.close()
process.exit(0)
