import type { HeartbeatCall } from '#shared/domain/heartbeat-call.ts'
import type { Metrics } from '#shared/runtime/metrics.ts'
import type { Recorded } from './call-recorder.ts'
import type { RecordCall } from './heartbeat-routes.ts'
import type { AnsweredRequest } from './tell-requests.ts'

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const outcomes: readonly Recorded[] = ['recorded', 'unknown', 'too_often', 'unavailable']

/** Counts requests by route, method and status. */
export function countRequests(metrics: Metrics): (request: AnsweredRequest) => void {
  const requests = metrics.counter({
    name: 'uptick_web_requests_total',
    help: 'Requests by method, route as it is registered, and status of the answer.',
    labels: ['method', 'route', 'status'],
  })
  const seconds = metrics.histogram({
    name: 'uptick_web_request_seconds',
    help: 'From a request to the beginning of its answer.',
    buckets: REQUEST_BUCKETS,
  })
  return ({ method, route, status, tookMs }) => {
    requests.add(1, { method, route, status: String(status) })
    seconds.observe(tookMs / 1_000)
  }
}

/** The same recording of calls, counted by what came of them. */
export function countCalls(metrics: Metrics, record: RecordCall): RecordCall {
  const calls = metrics.counter({
    name: 'uptick_web_calls_total',
    help: 'Calls of watched jobs by what became of them.',
    labels: ['outcome'],
    known: outcomes.map((outcome) => ({ outcome })),
  })
  return async (call: HeartbeatCall) => {
    const outcome = await record(call)
    calls.add(1, { outcome })
    return outcome
  }
}
