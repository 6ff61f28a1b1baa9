import { describe, expect, test } from 'vitest'
import { webContext } from '../../test/support/web-context.ts'
import { webApp } from '../app.ts'
import type { PageSettings } from '../web-context.ts'
import { ATTEMPTS_PER_CALLER_MAX } from './login-limit.ts'

const pages: PageSettings = { title: 'Status', publicUrl: null, dashboardPassword: 'geheim' }
const AT_MS = 1_800_000_000_000
const DAY_MS = 24 * 3_600_000
const LOGIN = '/dashboard/login'

function appWith(own: Partial<PageSettings> = {}, nowMs = () => AT_MS) {
  return webApp(webContext({ pages: { ...pages, ...own }, nowMs }))
}
type App = ReturnType<typeof appWith>

function logIn(app: App, password: string, { next = '', caller = '127.0.0.1' } = {}) {
  const body = new URLSearchParams({ password, next })
  const headers = { origin: 'http://localhost', host: 'localhost' }
  return app.request(LOGIN, { method: 'POST', headers, body }, { callerAddress: caller })
}

const cookieOf = (answer: Response) => answer.headers.get('set-cookie') ?? ''
const sessionOf = (answer: Response) => cookieOf(answer).split(';')[0] ?? ''
/** Where the login would lead on if there were a session already: the guard's word on a cookie. */
async function isOpen(app: App, cookie: string): Promise<boolean> {
  const headers = { cookie, origin: 'http://localhost', host: 'localhost' }
  const answer = await app.request('/dashboard/incidents/preview', {
    method: 'POST',
    headers,
    body: new FormData(),
  })
  return answer.status === 200
}

describe('the right password', () => {
  test('begins a session of seven days, in a cookie that scripts and other sites do not see', async () => {
    const answer = await logIn(appWith(), 'geheim')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/dashboard'])
    const [, ...attributes] = cookieOf(answer).split('; ')
    expect(attributes.toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=604800',
      'Path=/dashboard',
      'SameSite=Strict',
    ])
  })

  test('leads to the page that was asked for', async () => {
    const answer = await logIn(appWith(), 'geheim', { next: '/dashboard/import' })
    expect(answer.headers.get('location')).toBe('/dashboard/import')
  })

  test('by https alone, where the world reaches us by it', async () => {
    const app = appWith({ publicUrl: 'https://status.test' })
    expect(cookieOf(await logIn(app, 'geheim'))).toContain('; Secure')
  })
})

describe('a session', () => {
  test('is open with any process of the same password', async () => {
    const cookie = sessionOf(await logIn(appWith(), 'geheim'))
    expect(await isOpen(appWith(), cookie)).toBe(true)
  })

  test('ends with the password', async () => {
    const cookie = sessionOf(await logIn(appWith(), 'geheim'))
    expect(await isOpen(appWith({ dashboardPassword: 'another' }), cookie)).toBe(false)
  })

  test('ends after seven days, whatever the browser keeps', async () => {
    const cookie = sessionOf(await logIn(appWith(), 'geheim'))
    expect(
      await isOpen(
        appWith({}, () => AT_MS + 7 * DAY_MS - 1),
        cookie,
      ),
    ).toBe(true)
    expect(
      await isOpen(
        appWith({}, () => AT_MS + 7 * DAY_MS),
        cookie,
      ),
    ).toBe(false)
  })

  test('cannot be made longer by hand', async () => {
    const cookie = sessionOf(await logIn(appWith(), 'geheim'))
    const longer = cookie.replace(/=\d+/, `=${AT_MS + 700 * DAY_MS}`)
    expect(await isOpen(appWith(), longer)).toBe(false)
  })

  test('ends when one logs out', async () => {
    const app = appWith()
    const cookie = sessionOf(await logIn(app, 'geheim'))
    const headers = { cookie, origin: 'http://localhost', host: 'localhost' }
    const answer = await app.request('/dashboard/logout', { method: 'POST', headers })
    expect(cookieOf(answer)).toMatch(/^uptick_session=; Max-Age=0; Path=\/dashboard/)
  })
})

describe('a wrong password', () => {
  test.each(['', 'Geheim', 'geheim ', 'x'.repeat(100_000)])(
    'opens nothing (case %#)',
    async (password) => {
      const answer = await logIn(appWith(), password)
      expect([answer.status, cookieOf(answer)]).toEqual([401, ''])
      expect(await answer.text()).toContain('This is not the password.')
    },
  )

  test('a few times over is told to wait, with the right one as well', async () => {
    const app = appWith()
    for (let attempt = 0; attempt < ATTEMPTS_PER_CALLER_MAX; attempt++) await logIn(app, 'no')
    const answer = await logIn(app, 'geheim')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '600'])
    expect((await logIn(app, 'geheim', { caller: '127.0.0.2' })).status).toBe(303)
  })

  test('is not shown again, nor is what it should lead to taken for HTML', async () => {
    const answer = await logIn(appWith(), '<script>', { next: '"><script>' })
    const text = await answer.text()
    expect(text).not.toContain('"><script>')
    expect(text).not.toContain('value="<script>')
  })
})
