import type { Context, MiddlewareHandler } from 'hono'
import type { Sessions } from './sessions.ts'

export const LOGIN_PATH = '/dashboard/login'

/** A form says where it is from only under this policy; to other sites it still says nothing. */
export const withOwnReferrer: MiddlewareHandler = async (context, next) => {
  await next()
  context.header('referrer-policy', 'same-origin')
}

/**
 * Refuses whatever changes something and does not come from a page of ours. Cookies that are
 * SameSite=Strict stay away from other sites' requests, but a neighbour on a sibling domain is no other site.
 */
export function requireOwnOrigin(publicUrl: string | null): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.method === 'POST' && !isOwnOrigin(context, publicUrl))
      return context.text('This request does not come from the dashboard: open it again.', 403)
    return next()
  }
}

function isOwnOrigin(context: Context, publicUrl: string | null): boolean {
  const origin = URL.parse(context.req.header('origin') ?? '')
  if (origin === null) return false
  // A proxy may have put its own word for the host.
  const isPublic = publicUrl !== null && origin.origin === URL.parse(publicUrl)?.origin
  return isPublic || origin.host === context.req.header('host')
}

/** Lets nobody through who has not logged in: a page sends them there, a script is told. */
export function requireSession(sessions: Sessions): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.path === LOGIN_PATH || (await sessions.isOpen(context))) return next()
    const isScript = context.req.header('hx-request') === 'true'
    if (isScript) return context.text('log in again', 401, { 'hx-redirect': LOGIN_PATH })
    if (context.req.header('accept')?.includes('application/json'))
      return context.text('log in first', 401)
    return context.redirect(loginUrl(context), 303)
  }
}

/** Back to the page that was asked for, where it is one that can be asked for again. */
function loginUrl(context: Context): string {
  const { pathname, search } = new URL(context.req.url)
  const page = pathname + search
  if (context.req.method !== 'GET' || page === '/dashboard') return LOGIN_PATH
  return `${LOGIN_PATH}?next=${encodeURIComponent(page)}`
}

/** A page of the dashboard, or its first: nobody is led elsewhere by a link with a foreign `next`. */
export function pageAfterLogin(wanted: string | undefined): string {
  const isOurs = wanted !== undefined && /^\/dashboard(?:[/?][!-~]*)?$/.test(wanted)
  return isOurs && !wanted.startsWith(LOGIN_PATH) && !wanted.includes('\\') ? wanted : '/dashboard'
}
