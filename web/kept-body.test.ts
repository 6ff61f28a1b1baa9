import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { answerKept, keepBody } from './kept-body.ts'

const text = 'All systems operational. '.repeat(50)
const body = await keepBody('text/html; charset=utf-8', text)
const ask = (headers: Record<string, string>) =>
  answerKept(body, new Request('http://127.0.0.1/', { headers }))

describe('a kept answer', () => {
  test.each([
    ['plainly to who says nothing', {}, null],
    ['as gzip', { 'accept-encoding': 'gzip, deflate' }, 'gzip'],
    ['as brotli before gzip', { 'accept-encoding': 'gzip, deflate, br;q=0.5' }, 'br'],
    ['not as what is refused', { 'accept-encoding': 'br;q=0, gzip;q=0.0' }, null],
  ])('is given %s', async (_, headers, encoding) => {
    const response = ask(headers)
    const bytes = Buffer.from(await response.arrayBuffer())
    const plain = { br: brotliDecompressSync, gzip: gunzipSync, none: (same: Buffer) => same }
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(String(plain[encoding === 'br' || encoding === 'gzip' ? encoding : 'none'](bytes))).toBe(
      text,
    )
    expect(response.headers.get('vary')).toBe('accept-encoding')
    expect(response.headers.get('cache-control')).toContain('max-age=0')
  })

  test.each([
    ['the same', body.etag, 304],
    ['the same, weakened by a proxy', `W/${body.etag}`, 304],
    ['the same among others', `"a", ${body.etag}`, 304],
    ['anything', '*', 304],
    ['another', '"a"', 200],
  ])('for who has %s', async (_, tag, status) => {
    const response = ask({ 'if-none-match': tag })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(status === 304 ? '' : text)
    expect(response.headers.get('etag')).toBe(body.etag)
  })

  test('has another tag when it says something else', async () => {
    expect((await keepBody('text/html', `${text}!`)).etag).not.toBe(body.etag)
  })
})
