import { expect, test } from 'vitest'
import { isAccepted } from './accepted-type.ts'

test.each<[string, string | null, boolean]>([
  ['nothing said', null, true],
  ['an empty header', '', true],
  ['anything', '*/*', true],
  ['the type itself', 'application/json', true],
  ['in capitals, with a charset', 'Application/JSON; charset=utf-8', true],
  ['its group', 'application/*', true],
  ['among others', 'text/html, application/json;q=0.1', true],
  ['another', 'text/html', false],
  ['another of its group', 'application/xml', false],
  ['anything but it', '*/*, application/json;q=0', false],
  ['what a browser sends', 'text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['junk', ';;;,', false],
])('%s', (_, accept, expected) => {
  expect(isAccepted(accept, 'application/json')).toBe(expected)
})
