import { errorText } from '#shared/runtime/log.ts'
import { type Finding, fail, type HealthCheck, type NamedFinding } from './finding.ts'

/** Longer than anything takes that works. */
export const DEADLINE_MS = 6_000

/** Looks at everything side by side; what does not answer in time is a finding like any other. */
export function lookAll(
  checks: readonly HealthCheck[],
  deadlineMs = DEADLINE_MS,
): Promise<readonly NamedFinding[]> {
  return Promise.all(
    checks.map(async ({ name, look }) => ({ name, ...(await inTime(look, deadlineMs)) })),
  )
}

async function inTime(look: HealthCheck['look'], deadlineMs: number): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding>((resolve) => {
    const found = `no answer within ${deadlineMs / 1_000} s`
    timer = setTimeout(
      () => resolve(fail(found, 'see whether it is overloaded, or cut off')),
      deadlineMs,
    )
  })
  try {
    return await Promise.race([look(), late])
  } catch (error) {
    return fail(errorText(error), 'see what its own log says')
  } finally {
    clearTimeout(timer)
  }
}
