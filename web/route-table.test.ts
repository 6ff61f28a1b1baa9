import { expect, test } from 'vitest'
import { webContext } from '../test/support/web-context.ts'
import { webApp } from './app.ts'
import { routeTable } from './route-table.ts'

/** What the router really serves, held against the table of who may call it. */

const app = webApp(
  webContext({ pages: { title: 'Status', publicUrl: null, dashboardPassword: 'a password' } }),
)

/** Middleware and the answer 405 are for all methods; what they guard is registered by its own. */
const served = new Set(
  app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`),
)
const told = routeTable.map(({ method, path }) => `${method} ${path}`)

test('every route that is served is in the table', () => {
  expect([...served].filter((route) => !told.includes(route))).toEqual([])
})

test('every route of the table is served, and stands there once', () => {
  expect(told.filter((route) => !served.has(route))).toEqual([])
  expect(told.length).toBe(new Set(told).size)
})
