import { describe, expect, test } from 'vitest'
import { parseEmailAddress, parseMailbox } from './email-address.ts'

describe('an address', () => {
  test.each([
    ['that is plain', 'ops@example.com', 'example.com'],
    ['with a tag', 'ops+uptick@example.com', 'example.com'],
    ['with dots and an underscore', 'first.last_2@mail.example.co', 'mail.example.co'],
    ['with an apostrophe', "o'neil@example.com", 'example.com'],
    ['at a single name', 'root@localhost', 'localhost'],
    ['in punycode', 'a@xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['at its longest', `${'a'.repeat(64)}@example.com`, 'example.com'],
  ])('%s is taken as it is', (_, text, domain) => {
    expect(parseEmailAddress(text)).toEqual({ address: text, domain })
  })

  test.each([
    ['that is empty', ''],
    ['without an @', 'ops'],
    ['with two @', 'a@b@example.com'],
    ['without a local part', '@example.com'],
    ['without a domain', 'ops@'],
    ['that smuggles a header', 'b@x.example\r\nBcc: evil@y.example'],
    ['that ends in a line break', 'b@x.example\n'],
    ['that is a list', 'a@x.example, b@y.example'],
    ['that is a list without a space', 'a@x.example,b'],
    ['that is a list with semicolons', 'a@x.example;b'],
    ['that is a group', 'group:a@x.example;'],
    ['with a name', 'Ops <a@x.example>'],
    ['with a quoted local part', '"a b"@x.example'],
    ['with a comment', 'a(b)@x.example'],
    ['with a space', 'a b@x.example'],
    ['with spaces around it', ' a@x.example '],
    ['with a dot at the start', '.a@x.example'],
    ['with two dots in a row', 'a..b@x.example'],
    ['with 65 characters before the @', `${'a'.repeat(65)}@x.example`],
    ['of 255 characters', `a@${'b'.repeat(60)}.${'c.'.repeat(94)}example`.padEnd(255, 'x')],
    ['with an address literal', 'a@[127.0.0.1]'],
    ['at a bare IP address', 'a@127.0.0.1'],
    ['with a hyphen at the edge of a label', 'a@-x.example'],
    ['with a trailing dot', 'a@x.example.'],
    ['that is not ASCII', 'a@bücher.example'],
    ['with a NUL', 'a\0@x.example'],
  ])('%s is refused', (_, text) => {
    expect(parseEmailAddress(text)).toEqual({ problem: expect.any(String) })
  })
})

describe('a mailbox', () => {
  const address = { address: 'up@x.example', domain: 'x.example' }
  test.each([
    ['without a name', 'up@x.example', null],
    ['with a name', 'Uptick <up@x.example>', 'Uptick'],
    ['with a quoted name', '"Uptick, prod" <up@x.example>', 'Uptick, prod'],
    ['with a name in another script', 'Ämter 日本 <up@x.example>', 'Ämter 日本'],
    ['with an empty name', '"" <up@x.example>', null],
  ])('%s is taken', (_, text, name) => {
    expect(parseMailbox(text)).toEqual({ ...address, name })
  })

  test.each([
    ['with a line break in its name', 'Up\r\nBcc: a@y.example <up@x.example>'],
    ['with a quote in its name', 'Up"tick <up@x.example>'],
    ['with two addresses', '<a@x.example> <up@x.example>'],
    ['with an empty address', 'Uptick <>'],
    ['that is a list', 'Uptick <up@x.example>, b@x.example'],
    ['with a name of 101 characters', `${'n'.repeat(101)} <up@x.example>`],
  ])('%s is refused', (_, text) => {
    expect(parseMailbox(text)).toEqual({ problem: expect.any(String) })
  })
})
