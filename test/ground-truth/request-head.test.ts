import { describe, expect, test } from 'vitest'
import { checkIdOf, siteOf } from './request-head.ts'

describe('the site that a request is for', () => {
  test.each<[string, string, number]>([
    ['the number after /s/', 'GET /s/17 HTTP/1.1\r\n\r\n', 17],
    ['the largest', 'GET /s/100000 HTTP/1.1\r\n\r\n', 100_000],
    ['up to a query', 'GET /s/17?now HTTP/1.1\r\n\r\n', 17],
    ['up to another part of the path', 'GET /s/17/page HTTP/1.1\r\n\r\n', 17],
    ['of any method', 'DELETE /s/17 HTTP/1.1\r\n\r\n', 17],
    ['no number is no site', 'GET /s/ HTTP/1.1\r\n\r\n', 0],
    ['another path is no site', 'GET / HTTP/1.1\r\n\r\n', 0],
    ['a header does not count', 'GET / HTTP/1.1\r\nreferer: /s/17\r\n\r\n', 0],
    ['no request is no site', 'junk', 0],
    ['nothing is no site', '', 0],
  ])('%s', (_, head, number) => {
    expect(siteOf(head)).toBe(number)
  })
})

describe('the check that a request is made for', () => {
  test.each<[string, string, string | null]>([
    ['its header', 'GET /s/1 HTTP/1.1\r\nX-Check-Id: 0b7c-1\r\nhost: a\r\n\r\n', '0b7c-1'],
    ['in lower case', 'GET /s/1 HTTP/1.1\r\nx-check-id: 0b7c-1\r\n\r\n', '0b7c-1'],
    ['without a blank', 'GET /s/1 HTTP/1.1\r\nx-check-id:0b7c-1\r\n\r\n', '0b7c-1'],
    ['none without the header', 'GET /s/1 HTTP/1.1\r\nhost: a\r\n\r\n', null],
    ['none for one that ends like it', 'GET /s/1 HTTP/1.1\r\nnot-x-check-id: 1\r\n\r\n', null],
    ['none for an empty one', 'GET /s/1 HTTP/1.1\r\nx-check-id: \r\n\r\n', null],
  ])('%s', (_, head, id) => {
    expect(checkIdOf(head)).toBe(id)
  })
})
