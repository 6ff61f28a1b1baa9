import { expect, test } from 'vitest'
import { formatLogLine } from './log-line.ts'

const at = '2026-11-21T09:15:57.123Z'
const atMs = Date.parse(at)

test.each([
  [
    'JSON becomes time, name, level, message and fields',
    `{"level":"warn","time":"${at}","service":"worker","pid":7,"site_id":3,"msg":"check failed","reason":"no answer"}`,
    { atMs, text: '09:15:57.123 worker-1     warn  check failed site_id=3 reason="no answer"' },
  ],
  [
    'a nested field stays JSON',
    `{"level":"info","time":"${at}","msg":"m","applied":["a b"]}`,
    { atMs, text: '09:15:57.123 worker-1     info  m applied=["a b"]' },
  ],
  [
    'a line break in a message does not break the line',
    `{"level":"info","time":"${at}","msg":"a\\nb"}`,
    { atMs, text: '09:15:57.123 worker-1     info  a b' },
  ],
  [
    'control characters do not reach the terminal',
    `{"level":"info","time":"${at}","msg":"a\\u001b[31mb"}`,
    { atMs, text: '09:15:57.123 worker-1     info  ab' },
  ],
  [
    'JSON without a time keeps its place',
    '{"level":"info","msg":"m"}',
    { atMs: null, text: '             worker-1     info  m' },
  ],
  [
    'a line of Postgres is shown as it is',
    '2026-11-21 09:15:57.123 UTC [7] LOG:  ready',
    { atMs, text: '             worker-1     2026-11-21 09:15:57.123 UTC [7] LOG:  ready' },
  ],
  [
    'a line of Kafka is shown as it is',
    '2026-11-21T09:15:57.123Z INFO started',
    { atMs, text: '             worker-1     2026-11-21T09:15:57.123Z INFO started' },
  ],
  [
    'half of a JSON line is shown as it is',
    '{"level":"in',
    { atMs: null, text: '             worker-1     {"level":"in' },
  ],
])('%s', (_sentence, line, expected) => {
  expect(formatLogLine('worker-1', line, 'off')).toEqual(expected)
})
