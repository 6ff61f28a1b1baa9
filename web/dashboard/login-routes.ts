import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { humanDuration } from '#shared/domain/duration.ts'
import { callerOf } from '../caller-address.ts'
import { layout, type Markup } from '../page/layout.ts'
import type { Route } from '../route.ts'
import type { WebContext } from '../web-context.ts'
import { LOGIN_PATH, pageAfterLogin } from './guard.ts'
import { LoginLimit } from './login-limit.ts'
import type { Sessions } from './sessions.ts'

export const loginRouteTable: readonly Route[] = [
  { method: 'GET', path: LOGIN_PATH, audience: 'anyone', purpose: 'asks for the password' },
  { method: 'POST', path: LOGIN_PATH, audience: 'anyone', purpose: 'begins a session' },
  {
    method: 'POST',
    path: '/dashboard/logout',
    audience: 'operator',
    purpose: 'ends the session of this browser',
  },
]

/** The way in and the way out. */
export function loginRoutes(web: WebContext, sessions: Sessions): Hono {
  const limit = new LoginLimit()
  const routes = new Hono()
  routes.get(LOGIN_PATH, (context) => {
    return context.html(loginPage(web, context.req.query('next') ?? '', null))
  })
  routes.post(LOGIN_PATH, async (context) => {
    const { password, next } = await context.req.parseBody()
    const wanted = typeof next === 'string' ? next : ''
    const admission = limit.admit(callerOf(context), web.nowMs())
    if (admission.outcome === 'too_many')
      return tooMany(context, loginPageAfter(web, wanted, admission.waitMs), admission.waitMs)
    if (typeof password !== 'string' || !sessions.isPassword(password)) {
      web.log.warn('somebody tried to log in with a wrong password')
      return context.html(loginPage(web, wanted, 'This is not the password.'), 401)
    }
    limit.forget(callerOf(context))
    await sessions.begin(context)
    return context.redirect(pageAfterLogin(wanted), 303)
  })
  routes.post('/dashboard/logout', (context) => {
    sessions.end(context)
    return context.redirect(LOGIN_PATH, 303)
  })
  return routes
}

function tooMany(context: Context, page: Markup, waitMs: number) {
  return context.html(page, 429, { 'retry-after': String(Math.ceil(waitMs / 1000)) })
}

function loginPageAfter(web: WebContext, next: string, waitMs: number): Markup {
  const wait = humanDuration(Math.max(waitMs, 1_000))
  return loginPage(web, next, `Too many attempts. Please wait for ${wait}.`)
}

function loginPage({ assets }: WebContext, next: string, problem: string | null): Markup {
  return layout({
    title: 'Log in · Uptick',
    assets,
    scripts: [],
    styles: ['dashboard.css'],
    bodyClass: 'dashboard login',
    body: html`<main id="main" class="login-column">
<img src="${assets.url('icon.svg')}" alt="" width="48" height="48">
<h1>Uptick</h1>
<form class="panel" method="post" action="${LOGIN_PATH}">
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus
 aria-describedby="password-problem"${problem === null ? '' : html` aria-invalid="true"`}>
<p class="problem" id="password-problem" role="alert">${problem ?? ''}</p>
</div>
<input type="hidden" name="username" value="operator" autocomplete="username">
<input type="hidden" name="next" value="${next}">
<button class="primary" type="submit">Log in</button>
</form>
<p class="soft small">The password is the setting <code>DASHBOARD_PASSWORD</code>. After <code>make start</code>, <code>make env</code> shows it.</p>
</main>`,
  })
}
