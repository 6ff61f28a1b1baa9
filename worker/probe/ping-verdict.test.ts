import { describe, expect, test } from 'vitest'
import { pingVerdict } from './ping-verdict.ts'

const V4 = '127.0.0.1'
const V6 = '::1'

function verdict(exitCode: number | null, stdout: string, stderr = '', address = V4) {
  return pingVerdict({ outcome: 'ended', exitCode, stdout, stderr }, address)
}

describe('an echo', () => {
  test.each([
    ['by iputils', '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.054 ms\n', 0.054],
    ['by busybox', '64 bytes from 127.0.0.1: seq=0 ttl=64 time=12.076 ms\n', 12.076],
    ['without a fraction', '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=123 ms\n', 123],
    ['below what the clock can tell', '64 bytes from ::1: icmp_seq=1 ttl=64 time<1 ms\n', 1],
  ])('%s', (_, stdout, echoMs) => {
    expect(verdict(0, stdout)).toEqual({ outcome: 'echo', echoMs })
  })
})

describe('no echo', () => {
  test.each<[string, number | null, string, string, string, object]>([
    [
      'silence is silence',
      1,
      '1 packets transmitted, 0 received, 100% packet loss, time 0ms\n',
      '',
      V4,
      { outcome: 'silence' },
    ],
    [
      'a router says that there is no such host',
      1,
      'From 127.0.0.9 icmp_seq=1 Destination Host Unreachable\n',
      '',
      V4,
      { failure: 'unreachable', message: 'no route to the host' },
    ],
    [
      'a router says that there is no such network',
      1,
      'From 127.0.0.9 icmp_seq=1 Destination Net Unreachable\n',
      '',
      V4,
      { failure: 'unreachable', message: 'the network is unreachable' },
    ],
    [
      'a router of IPv6 says that there is no way',
      1,
      'From ::1 icmp_seq=1 Destination unreachable: No route\n',
      '',
      V6,
      { failure: 'unreachable', message: 'the network is unreachable' },
    ],
    [
      'a router of IPv6 says that there is no such host',
      1,
      'From ::1 icmp_seq=1 Destination unreachable: Address unreachable\n',
      '',
      V6,
      { failure: 'unreachable', message: 'no route to the host' },
    ],
    [
      'a filter says no',
      1,
      'From 127.0.0.9 icmp_seq=1 Packet filtered\n',
      '',
      V4,
      { failure: 'unreachable', message: expect.stringContaining('filter') },
    ],
    [
      'a circle of routers',
      1,
      'From 127.0.0.9 icmp_seq=1 Time to live exceeded\n',
      '',
      V4,
      { failure: 'unreachable', message: expect.stringContaining('circles') },
    ],
    [
      'this host knows no way',
      2,
      '',
      'ping: connect: Network is unreachable\n',
      V4,
      { failure: 'unreachable', message: 'the network is unreachable' },
    ],
    [
      'this host has no IPv6',
      2,
      '',
      'ping: connect: Network is unreachable\n',
      V6,
      { outcome: 'inconclusive', message: 'this worker has no route for IPv6' },
    ],
    [
      'this host has not even sockets for IPv6',
      2,
      '',
      'ping: socket: Address family not supported by protocol\n',
      V6,
      { outcome: 'inconclusive', message: 'this worker has no route for IPv6' },
    ],
    [
      'iputils may not open its socket',
      2,
      '',
      'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n',
      V4,
      { outcome: 'inconclusive', message: expect.stringContaining('ping_group_range') },
    ],
    [
      'busybox may not open its socket',
      1,
      '',
      'ping: permission denied (are you root?)\n',
      V4,
      { outcome: 'inconclusive', message: expect.stringContaining('CAP_NET_RAW') },
    ],
    [
      'a program that knows no such options',
      64,
      '',
      'usage: ping [-AaDdfnoQqRrv]\n',
      V4,
      { outcome: 'inconclusive', message: 'ping failed: usage: ping [-AaDdfnoQqRrv]' },
    ],
    [
      'a success that names no time',
      0,
      'all is well\n',
      '',
      V4,
      { outcome: 'inconclusive', message: 'ping failed: all is well' },
    ],
    [
      'a process that somebody killed',
      null,
      '',
      '',
      V4,
      { outcome: 'inconclusive', message: 'ping failed: exit code null' },
    ],
  ])('%s', (_, exitCode, stdout, stderr, address, expected) => {
    expect(verdict(exitCode, stdout, stderr, address)).toMatchObject(expected)
  })

  test.each([
    ['the program is not there', 'ENOENT', 'not installed'],
    ['the program may not be run', 'EACCES', 'may not be run'],
    ['the program has capabilities that the worker may not have', 'EPERM', 'CAP_NET_RAW'],
    ['the worker has no file descriptors left', 'EMFILE', 'EMFILE'],
  ])('%s', (_, code, part) => {
    expect(pingVerdict({ outcome: 'not_started', code }, V4)).toMatchObject({
      outcome: 'inconclusive',
      message: expect.stringContaining(part),
    })
  })
})
