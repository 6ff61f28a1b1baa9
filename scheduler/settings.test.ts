import { describe, expect, test } from 'vitest'
import { readSchedulerSettings } from './settings.ts'

const required = { DATABASE_URL: 'postgres://127.0.0.1/uptick' }
const read = (env: Readonly<Record<string, string>>) =>
  readSchedulerSettings({ ...required, ...env })

describe('how long what is kept', () => {
  test.each([
    ['is 30 days, 90 days and for ever', {}, [30, 90, 0]],
    ['of hours is never less than of checks', { RETENTION_RAW_DAYS: '120' }, [120, 120, 0]],
    ['of days may have an end', { RETENTION_DAILY_DAYS: '730' }, [30, 90, 730]],
  ])('%s', (_, env, [rawDays, hourlyDays, dailyDays]) => {
    expect(read(env).keep).toEqual({ rawDays, hourlyDays, dailyDays })
  })

  test.each([
    ['of checks is less than they may be late', { RETENTION_RAW_DAYS: '7' }, 'RETENTION_RAW_DAYS'],
    [
      'of hours is less than of what they are made of',
      { RETENTION_HOURLY_DAYS: '29' },
      'RETENTION_HOURLY_DAYS',
    ],
    ['of days is less than of hours', { RETENTION_DAILY_DAYS: '89' }, 'RETENTION_DAILY_DAYS'],
  ])('is refused where that %s', (_, env, name) => {
    expect(() => read(env)).toThrow(name)
  })
})
