import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpProbe, openHttpProbe } from '../../test/support/http-probe.ts'
import { type RequestRecorder, startRequestRecorder } from '../../test/support/request-recorder.ts'

/** 127.0.0.2 stands in for all addresses that are refused: those themselves are never connected to. */
const REFUSED = '127.0.0.2'

let probe: HttpProbe
let site: RequestRecorder
let refused: RequestRecorder

beforeAll(async () => {
  site = await startRequestRecorder({
    answer: ({ url = '' }, response) => {
      // Letters beyond Latin-1 go over the wire in UTF-8, as servers send them.
      const location = Buffer.from(decodeURIComponent(url.slice('/?'.length))).toString('latin1')
      response.writeHead(302, { location }).end()
    },
  })
  refused = await startRequestRecorder({ host: REFUSED })
  probe = await openHttpProbe({ alsoRefused: [REFUSED], resolve: async () => [REFUSED] })
})
afterAll(() => Promise.all([site.stop(), refused.stop(), probe.end()]))

describe('an address that is refused is refused in every spelling', () => {
  test.each([
    ['as usual', '127.0.0.2'],
    ['with a dot at the end', '127.0.0.2.'],
    ['as one number', '2130706434'],
    ['as one number in hexadecimal', '0x7f000002'],
    ['as one number in hexadecimal, in capitals', '0X7F000002'],
    ['as one number in octal', '017700000002'],
    ['short, of two parts', '127.2'],
    ['short, of three parts', '127.0.2'],
    ['in hexadecimal', '0x7f.0x0.0x0.0x2'],
    ['in octal', '0177.0.0.02'],
    ['with more zeros', '0x0000007f.0.0.0x00000002'],
    ['in mixed numbers', '0177.0x0.2'],
    ['percent-encoded', '%31%32%37.0.0.2'],
    ['percent-encoded dots', '127%2e0%2e0%2e2'],
    ['in full-width digits', '１２７.０.０.２'],
    ['in circled digits', '①②⑦.⓪.⓪.②'],
    ['with ideographic full stops', '127。0。0。2'],
    ['mapped into IPv6', '[::ffff:127.0.0.2]'],
    ['mapped into IPv6, in hexadecimal', '[::ffff:7f00:2]'],
    ['mapped into IPv6, in capitals', '[::FFFF:7F00:2]'],
    ['mapped into IPv6, in full', '[0:0:0:0:0:ffff:7f00:0002]'],
    ['behind NAT64', '[64:ff9b::127.0.0.2]'],
    ['behind 6to4', '[2002:7f00:2::1]'],
    ['as a name', 'refused.test'],
    ['as a name in capitals', 'REFUSED.TEST'],
    ['as a name with a dot at the end', 'refused.test.'],
  ])('%s', async (_, host) => {
    const { href } = new URL(`http://${host}:${refused.port}/`)
    const direct = await probe.look(href)
    expect(direct.result).toMatchObject({ result: 'down', failure: 'blocked' })
    const location = encodeURIComponent(`http://${host}:${refused.port}/`)
    const redirected = await probe.look(`http://127.0.0.1:${site.port}/?${location}`)
    expect(redirected.result).toMatchObject({ failure: 'blocked', statusCode: 302 })
    expect(refused.seen).toEqual([])
  })

  test.each([
    ['with a zone', '[::ffff:127.0.0.2%25lo]'],
    ['with a zone as it is', '[::1%lo]'],
    ['of five parts', '127.0.0.0.2'],
    ['with a part too large', '127.0.0.258'],
    ['with a number too large', '4294967296'],
    ['of IPv6 without brackets', '::ffff:7f00:2'],
    ['with a space', '127.0. 0.2'],
  ])('what is no spelling at all leads nowhere: %s', async (_, host) => {
    expect(URL.canParse(`http://${host}:1/`)).toBe(false)
    const location = encodeURIComponent(`http://${host}:1/`)
    const redirected = await probe.look(`http://127.0.0.1:${site.port}/?${location}`)
    expect(redirected.result).toMatchObject({ failure: 'redirect' })
  })
})
