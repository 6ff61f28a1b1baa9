import { runCommand } from './command.ts'
import { shellExports } from './support/environment.ts'
import { reachableState } from './tool-environment.ts'

/** `eval "$(make env)"`: a shell that reaches what runs. */
await runCommand('env', async (context) => {
  const state = await reachableState(context)
  console.log(shellExports(state, context.overrides).join('\n'))
  console.log('# emails: make mail, or curl "$MAIL_API_URL/api/v1/messages"')
})
