import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressVerdict, refusalOf } from './address-guard.ts'

const closed = { allowPrivate: false }
const open = { allowPrivate: true }

describe('the verdict on an address', () => {
  test.each([
    ['a public address', '8.8.8.8', 'allowed', 'allowed'],
    ['a public address of IPv6', '2606:4700::1111', 'allowed', 'allowed'],
    ['the last address before loopback', '126.255.255.255', 'allowed', 'allowed'],
    ['loopback', '127.0.0.1', 'private', 'allowed'],
    ['any address of loopback', '127.255.255.255', 'private', 'allowed'],
    ['10/8', '10.1.2.3', 'private', 'allowed'],
    ['the first of 172.16/12', '172.16.0.0', 'private', 'allowed'],
    ['the last of 172.16/12', '172.31.255.255', 'private', 'allowed'],
    ['the one after 172.16/12', '172.32.0.0', 'allowed', 'allowed'],
    ['192.168/16', '192.168.0.1', 'private', 'allowed'],
    ['carrier-grade NAT', '100.64.0.1', 'private', 'allowed'],
    ['the one after carrier-grade NAT', '100.128.0.0', 'allowed', 'allowed'],
    ['loopback of IPv6', '::1', 'private', 'allowed'],
    ['loopback of IPv6 in full', '0:0:0:0:0:0:0:1', 'private', 'allowed'],
    ['unique local of IPv6', 'fd12:3456::1', 'private', 'allowed'],
    ['link-local', '169.254.1.1', 'never', 'never'],
    ['the metadata of most clouds', '169.254.169.254', 'never', 'never'],
    ['the metadata of AWS over IPv6', 'fd00:ec2::254', 'never', 'never'],
    ['the metadata of Google over IPv6', 'fd20:ce::254', 'never', 'never'],
    ['the metadata of Alibaba', '100.100.100.200', 'never', 'never'],
    ['link-local of IPv6', 'fe80::1', 'never', 'never'],
    ['link-local of IPv6 with a zone', 'fe80::1%eth0', 'never', 'never'],
    ['the last of link-local of IPv6', 'febf::1', 'never', 'never'],
    ['the unspecified address', '0.0.0.0', 'never', 'never'],
    ['the unspecified address of IPv6', '::', 'never', 'never'],
    ['multicast', '224.0.0.1', 'never', 'never'],
    ['broadcast', '255.255.255.255', 'never', 'never'],
    ['multicast of IPv6', 'ff02::1', 'never', 'never'],
    ['documentation', '2001:db8::1', 'never', 'never'],
    ['Teredo', '2001::1', 'never', 'never'],
    ['loopback mapped into IPv6', '::ffff:127.0.0.1', 'private', 'allowed'],
    ['the same in hexadecimal', '::ffff:7f00:1', 'private', 'allowed'],
    ['metadata mapped into IPv6', '::ffff:169.254.169.254', 'never', 'never'],
    ['a public address mapped into IPv6', '::ffff:8.8.8.8', 'allowed', 'allowed'],
    ['loopback behind NAT64', '64:ff9b::7f00:1', 'private', 'allowed'],
    ['metadata behind NAT64', '64:ff9b::a9fe:a9fe', 'never', 'never'],
    ['a public address behind NAT64', '64:ff9b::808:808', 'allowed', 'allowed'],
    ['loopback behind 6to4', '2002:7f00:1::', 'private', 'allowed'],
    ['metadata behind 6to4', '2002:a9fe:a9fe::1', 'never', 'never'],
    ['an address of IPv4 made into IPv6 the old way', '::127.0.0.1', 'never', 'never'],
    ['nothing', '', 'never', 'never'],
    ['a name', 'localhost', 'never', 'never'],
    ['a number', '2130706433', 'never', 'never'],
    ['four numbers, one too large', '127.0.0.256', 'never', 'never'],
    ['IPv6 with two gaps', '1::2::3', 'never', 'never'],
    ['IPv6 with nine groups', '1:2:3:4:5:6:7:8:9', 'never', 'never'],
  ])('%s', (_, address, whenClosed, whenOpen) => {
    expect(addressVerdict(address, closed)).toBe(whenClosed)
    expect(addressVerdict(address, open)).toBe(whenOpen)
  })

  test('what is refused besides is refused in every spelling, and nothing else is', () => {
    const policy = { allowPrivate: true, alsoRefused: ['127.0.0.2'] }
    expect(addressVerdict('127.0.0.2', policy)).toBe('never')
    expect(addressVerdict('::ffff:7f00:2', policy)).toBe('never')
    expect(addressVerdict('127.0.0.3', policy)).toBe('allowed')
  })

  test('an address of IPv4 is judged alike bare and mapped', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, allowPrivate) => {
        expect(addressVerdict(`::ffff:${address}`, { allowPrivate })).toBe(
          addressVerdict(address, { allowPrivate }),
        )
      }),
    )
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string()), (text) => {
        expect(['allowed', 'private', 'never']).toContain(addressVerdict(text, open))
      }),
    )
  })
})

describe('the refusal of a set of addresses', () => {
  test('names the switch when that is what it takes', () => {
    expect(refusalOf(['10.0.0.1'], closed)).toContain('10.0.0.1 is a private or loopback address')
    expect(refusalOf(['10.0.0.1'], closed)).toContain('ALLOW_PRIVATE_TARGETS')
  })

  test('names no switch when none helps', () => {
    expect(refusalOf(['169.254.169.254'], open)).not.toContain('ALLOW_PRIVATE_TARGETS')
  })

  test('one bad address among good ones decides', () => {
    expect(refusalOf(['8.8.8.8', '127.0.0.1'], closed)).toContain('127.0.0.1')
  })

  test('there is none for good addresses', () => {
    expect(refusalOf(['8.8.8.8', '2606:4700::1111'], closed)).toBeNull()
  })
})
