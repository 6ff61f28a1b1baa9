import { expect, test } from 'vitest'
import { blockOf } from './caller-address.ts'

test.each<[string, string, string]>([
  ['an IPv4 address is itself', '127.0.0.1', '127.0.0.1'],
  ['and so it is in IPv6 clothes', '::ffff:127.0.0.1', '127.0.0.1'],
  ['loopback', '::1', '0:0:0:0::/64'],
  ['an IPv6 address counts with its neighbours', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['a short one too', '2001:db8::6', '2001:db8:0:0::/64'],
  ['one that ends in zeros', '2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['what is not known is one caller', 'unknown', 'unknown'],
])('%s', (_, address, block) => {
  expect(blockOf(address)).toBe(block)
})
