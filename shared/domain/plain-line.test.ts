import { describe, expect, test } from 'vitest'
import { plainLine } from './plain-line.ts'

describe('text from elsewhere', () => {
  test.each([
    ['that is plain stays as it is', 'My shop', 'My shop'],
    ['in any script stays as it is', 'Ämter 日本 🚀', 'Ämter 日本 🚀'],
    ['keeps the joiner of an emoji', '👩‍💻', '👩‍💻'],
    ['with a line break becomes one line', 'a\r\nBcc: b@y.example', 'a Bcc: b@y.example'],
    ['with separators becomes one line', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['loses control characters', 'a\0b\u001B[31mc\u007F', 'a b [31mc'],
    ['loses overrides of direction', '\u202Egnp.exe\u202C \u2067x\u2069', 'gnp.exe x'],
    ['loses what is invisible', 'a\u200Bb\uFEFF', 'ab'],
    ['loses blanks at its ends', '\t a  b \n', 'a b'],
    ['of nothing visible is empty', '\u202E\r\n', ''],
    ['with half a character is mended', 'a\uD83D', 'a\uFFFD'],
  ])('%s', (_, text, line) => {
    expect(plainLine(text, 100)).toBe(line)
  })

  test.each([
    ['of ten characters is whole', '1234567890', '1234567890'],
    ['of eleven is cut to ten', '12345678901', '123456789…'],
    ['is cut between characters', '🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀', '🚀🚀🚀🚀🚀🚀🚀🚀🚀…'],
  ])('of at most ten characters: %s', (_, text, line) => {
    expect(plainLine(text, 10)).toBe(line)
  })
})
