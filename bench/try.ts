import { openHistory } from './history/open-history.ts'
import { insertTable, measureInserts } from './measure-inserts.ts'

const h = await openHistory('/var/tmp/uptick-bench-reports', 50000000)
console.log(insertTable(await measureInserts(h)))
await h.close()
process.exit(0)
