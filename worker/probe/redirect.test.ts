import { describe, expect, test } from 'vitest'
import { type HopRequest, isRedirect, nextRequest } from './redirect.ts'

const request: HopRequest = {
  url: new URL('https://a.test/path?q=1'),
  method: 'GET',
  headers: { Authorization: 's3cret', 'Content-Type': 'text/plain' },
  body: null,
  isAtHome: true,
}

function next(location: string, statusCode = 302, more: Partial<HopRequest> = {}) {
  return nextRequest({ ...request, ...more }, statusCode, { location })
}

function urlOf(result: ReturnType<typeof nextRequest>): string {
  return 'url' in result ? result.url.href : result.message
}

describe('where a redirect leads', () => {
  test.each([
    ['an absolute URL', 'https://b.test/x', 'https://b.test/x'],
    ['an absolute path', '/x', 'https://a.test/x'],
    ['a relative path', 'x', 'https://a.test/x'],
    ['another host by the same scheme', '//b.test/x', 'https://b.test/x'],
    ['a query alone', '?q=2', 'https://a.test/path?q=2'],
    ['down to http', 'http://a.test/', 'http://a.test/'],
    ['a path in UTF-8', Buffer.from('/größe').toString('latin1'), 'https://a.test/gr%C3%B6%C3%9Fe'],
    ['a path in Latin-1', '/gr\xf6\xdfe', 'https://a.test/gr%C3%B6%C3%9Fe'],
    ['a host in capitals', 'https://B.TEST/', 'https://b.test/'],
  ])('%s', (_, location, url) => {
    expect(urlOf(next(location))).toBe(url)
  })

  test.each([
    ['an empty Location', ''],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
    ['a script', 'javascript:alert(1)'],
    ['gopher', 'gopher://a.test/'],
    ['a broken host', 'http://[::1/'],
    ['port 0', 'http://a.test:0/'],
    ['a port that does not exist', 'http://a.test:65536/'],
  ])('nowhere: %s', (_, location) => {
    expect(next(location)).toMatchObject({ outcome: 'failed', failure: 'redirect' })
  })

  test('a query may be a secret and is not told', () => {
    const stop = next('https://b.test/?token=s3cret', 307, { method: 'POST', body: 'x' })
    expect(stop).toMatchObject({
      failure: 'redirect',
      message: expect.not.stringContaining('s3cret'),
    })
  })
})

describe('what goes along', () => {
  test.each([
    ['within the origin', '/x', 1],
    ['to another port', 'https://a.test:8443/', 0],
    ['to another scheme', 'http://a.test/', 0],
    ['to a host below', 'https://www.a.test/', 0],
  ])('secrets %s', (_, location, secrets) => {
    const result = next(location)
    expect(
      'headers' in result && Object.values(result.headers).filter((value) => value === 's3cret'),
    ).toHaveLength(secrets)
  })

  test.each([
    ['GET', 301, 'GET'],
    ['HEAD', 303, 'HEAD'],
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['PUT', 302, 'PUT'],
    ['PUT', 303, 'GET'],
    ['POST', 307, 'POST'],
    ['POST', 308, 'POST'],
  ])('%s after %i becomes %s', (method, statusCode, after) => {
    expect(next('/x', statusCode, { method })).toMatchObject({ method: after })
  })

  test.each([
    ['within the origin', '/x', true, true],
    ['to another origin', 'https://b.test/', true, false],
    ['back from another origin', 'https://a.test/', false, false],
    ['within another origin', '/x', false, false],
  ])('%s, what is said of the own server: %s', (_, location, isAtHome, after) => {
    expect(next(location, 302, { isAtHome })).toMatchObject({ isAtHome: after })
  })

  test('the headers of a body go with the body', () => {
    expect(next('/x', 303, { method: 'POST', body: 'x' })).toMatchObject({
      body: null,
      headers: { Authorization: 's3cret' },
    })
    expect(next('/x', 303, { method: 'POST', body: 'x' })).not.toHaveProperty(
      'headers.Content-Type',
    )
    expect(next('/x', 307, { method: 'POST', body: 'x' })).toMatchObject({
      body: 'x',
      headers: request.headers,
    })
  })
})

test.each([
  [300, false],
  [301, true],
  [302, true],
  [303, true],
  [304, false],
  [307, true],
  [308, true],
  [200, false],
])('whether %i is a redirect: %s', (statusCode, expected) => {
  expect(isRedirect(statusCode)).toBe(expected)
})
