import { describe, expect, test } from 'vitest'
import { decodeNotifyJob, encodeNotifyJob } from './notify-job.ts'

const key = {
  aboutId: '6f3a1c0e-52b8-5d0f-9c57-8f6f3f1d2a90',
  kind: 'outage',
  channel: 'email',
  recipient: 'ops@uptick.example',
} as const
const { kind: _, ...thread } = key

describe('a notify job', () => {
  test('comes back as the thread it was made of', () => {
    expect(decodeNotifyJob(JSON.parse(JSON.stringify(encodeNotifyJob(key))))).toEqual(thread)
  })

  test.each([
    ['that is null', null, 'not an object'],
    ['that is a text', 'x', 'not an object'],
    ['that is empty', {}, 'aboutId is not a UUID'],
    ['whose outage is no UUID', { ...thread, aboutId: '1' }, 'aboutId is not a UUID'],
    ['of a channel to come', { ...thread, channel: 'sms' }, 'channel is not email'],
    ['without a recipient', { ...thread, recipient: null }, 'recipient is not a text'],
  ])('%s is unreadable', (_, data, unreadable) => {
    expect(decodeNotifyJob(data)).toEqual({ unreadable })
  })
})
