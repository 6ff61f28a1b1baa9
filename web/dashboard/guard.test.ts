import { describe, expect, test } from 'vitest'
import { webContext } from '../../test/support/web-context.ts'
import { webApp } from '../app.ts'
import { dashboardRouteTable } from './dashboard-routes.ts'
import { pageAfterLogin } from './guard.ts'

const ORIGIN = 'http://127.0.0.1:8070'
const pages = { title: 'Status', publicUrl: null, dashboardPassword: 'geheim' }

/** The database answers nobody: what gets past the guards would not be a redirect or a refusal. */
const app = webApp(webContext({ pages }))
const guarded = dashboardRouteTable
  .filter(({ audience }) => audience === 'operator')
  .map(({ method, path }) => [`${method} ${path}`, method, addressOf(path)] as const)

function addressOf(path: string): string {
  const id = path.includes('f-]') ? '00000000-0000-4000-8000-000000000000' : '1'
  return path.replace(/:id\{.*?\}(?=\/|$)/, id)
}

function request(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const own = method === 'POST' ? { origin: ORIGIN } : {}
  return app.request(`${ORIGIN}${path}`, {
    method,
    headers: { host: new URL(ORIGIN).host, ...own, ...headers },
  })
}

describe('without a session', () => {
  test.each(guarded)('%s leads to the login', async (_, method, path) => {
    const answer = await request(method, path)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^\/dashboard\/login(\?next=|$)/)
    expect(await answer.text()).toBe('')
  })

  test.each(guarded)('%s tells a script to lead there', async (_, method, path) => {
    const answer = await request(method, path, { 'hx-request': 'true' })
    expect([answer.status, answer.headers.get('hx-redirect')]).toEqual([401, '/dashboard/login'])
  })

  test.each(guarded)('%s says so to who asks for JSON', async (_, method, path) => {
    const answer = await request(method, path, { accept: 'application/json' })
    expect([answer.status, await answer.text()]).toEqual([401, 'log in first'])
  })

  test.each(['x', '99999999999999.c2ln', `${Number.MAX_SAFE_INTEGER}.AAAA`])(
    'a cookie that somebody made up (%s) is none',
    async (cookie) => {
      const answer = await request('GET', '/dashboard', { cookie: `uptick_session=${cookie}` })
      expect(answer.status).toBe(303)
    },
  )
})

describe('a change', () => {
  const changes = dashboardRouteTable
    .filter(({ method }) => method === 'POST')
    .map(({ path }) => addressOf(path))
  test.each(changes)('of %s from elsewhere is refused', async (path) => {
    for (const origin of ['https://evil.test', 'null', 'http://127.0.0.1:8071', '']) {
      const answer = await request('POST', path, { origin })
      expect([origin, answer.status]).toEqual([origin, 403])
    }
  })

  test('behind a proxy is known by the address that the world has for us', async () => {
    const behind = webApp(webContext({ pages: { ...pages, publicUrl: 'https://status.test' } }))
    const post = (origin: string) =>
      behind.request('http://10.0.0.1/dashboard/login', {
        method: 'POST',
        headers: { origin },
        body: new FormData(),
      })
    expect((await post('https://status.test')).status).toBe(401)
    expect((await post('http://status.test')).status).toBe(403)
  })
})

test('without a password there is no dashboard', async () => {
  const none = webApp(webContext({ pages: { ...pages, dashboardPassword: null } }))
  for (const { method, path } of dashboardRouteTable) {
    const answer = await none.request(addressOf(path), { method, headers: { origin: ORIGIN } })
    expect([path, answer.status]).toEqual([path, 404])
  }
})

test.each<[string, string | undefined, string]>([
  ['no wish', undefined, '/dashboard'],
  ['a page of ours', '/dashboard/sites/7?range=7d', '/dashboard/sites/7?range=7d'],
  ['the overview, filtered', '/dashboard?q=a%20b', '/dashboard?q=a%20b'],
  ['another site', 'https://evil.test/', '/dashboard'],
  ['another site without a scheme', '//evil.test/dashboard', '/dashboard'],
  ['another page', '/', '/dashboard'],
  ['a name that only begins like ours', '/dashboardevil', '/dashboard'],
  ['a backslash', '/dashboard/\\evil.test', '/dashboard'],
  ['a line of its own', '/dashboard\r\nset-cookie: a=b', '/dashboard'],
  ['the login', '/dashboard/login?next=/dashboard/login', '/dashboard'],
])('after the login: %s', (_, wanted, page) => {
  expect(pageAfterLogin(wanted)).toBe(page)
})
