import { beforeEach, expect, test } from 'vitest'
import { type Metrics, openMetrics } from '#shared/runtime/metrics.ts'
import { webContext } from '../test/support/web-context.ts'
import { webApp } from './app.ts'
import { countCalls, countRequests } from './count-requests.ts'

let metrics: Metrics
let app: ReturnType<typeof webApp>
beforeEach(() => {
  metrics = openMetrics({ service: 'web', version: '1' })
  const record = countCalls(metrics, async ({ token }) =>
    token === 'known-token' ? 'recorded' : 'unknown',
  )
  app = webApp(webContext({ record, onRequest: countRequests(metrics) }))
})
const counted = async () =>
  (await metrics.render())
    .split('\n')
    .filter((line) => /^uptick_web_(requests|calls)_total.* [1-9]/.test(line))
    .sort()

test.each([
  ['a call', 'GET', '/ping/known-token', 'method="GET",route="/ping/:token",status="200"'],
  ['a HEAD', 'HEAD', '/ping/known-token', 'method="HEAD",route="/ping/:token",status="200"'],
  [
    'a call that says how a run ended',
    'POST',
    '/ping/known-token/1',
    'method="POST",route="/ping/:token/:action",status="200"',
  ],
  ['a wrong method', 'PUT', '/ping/known-token', 'method="PUT",route="/ping/:token",status="405"'],
  ['a page that is not there', 'GET', '/a/secret', 'method="GET",route="none",status="404"'],
  ['a method nobody knows', 'PROPFIND', '/', 'method="other",route="none",status="404"'],
])('%s is counted under its route, never under its address', async (_, method, path, labels) => {
  await app.request(path, { method })
  const requests = (await counted()).filter((line) => line.includes('requests'))
  expect(requests).toEqual([`uptick_web_requests_total{${labels}} 1`])
})

test('calls are counted by what became of them', async () => {
  for (const token of ['known-token', 'other-token', 'known-token']) {
    await app.request(`/ping/${token}`)
  }
  expect((await counted()).filter((line) => line.includes('calls'))).toEqual([
    'uptick_web_calls_total{outcome="recorded"} 2',
    'uptick_web_calls_total{outcome="unknown"} 1',
  ])
})
