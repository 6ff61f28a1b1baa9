import { queryText } from '#db/query-text.ts'
import { runCommand } from './command.ts'
import { csvText, textTable } from './text-table.ts'
import { toolEnvironment } from './tool-environment.ts'

/** `make sql Q="select ..."`: an aligned table; `FORMAT=csv` for a file. As the owner of the database. */
await runCommand('sql', async (context) => {
  const { Q: text, FORMAT: format = 'table' } = context.env
  if (!text?.trim())
    throw new Error('which query? make sql Q="select status, count(*) from sites group by 1"')
  if (format !== 'table' && format !== 'csv')
    throw new Error(`FORMAT: ${JSON.stringify(format)} must be table or csv`)
  const { DATABASE_URL: url } = await toolEnvironment(context)
  if (url === undefined) throw new Error('no database is known: make start, or set DATABASE_URL')
  for (const { columns, rows, command, rowCount } of await queryText(url, text)) {
    if (columns.length === 0) console.log(rowCount === null ? command : `${command} ${rowCount}`)
    else
      console.log(
        format === 'csv'
          ? csvText(columns, rows)
          : `${textTable(columns, rows)}\n(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`,
      )
  }
})
