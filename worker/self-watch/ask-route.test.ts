import { expect, test } from 'vitest'
import { askRoute } from './ask-route.ts'

test.each(['127.0.0.1', '127.8.9.10'])('there is a route to %s', async (address) => {
  expect(await askRoute(address)).toBe('routed')
})
