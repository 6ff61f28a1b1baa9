import { describe, expect, test } from 'vitest'
import { markdown } from './markdown.ts'

describe('Markdown of an incident', () => {
  test.each([
    ['has its emphasis', 'We **know**.', '<p>We <strong>know</strong>.</p>'],
    [
      'has links to https, which no search engine follows and no page learns of',
      '[here](https://a.test/?a=1&b=2)',
      '<p><a href="https://a.test/?a=1&amp;b=2" rel="nofollow noopener">here</a></p>',
    ],
    [
      'has links with a title, without it',
      '[x](http://a.test "t")',
      '<p><a href="http://a.test" rel="nofollow noopener">x</a></p>',
    ],
    [
      'has bare addresses in brackets',
      '<https://a.test>',
      '<p><a href="https://a.test" rel="nofollow noopener">https://a.test</a></p>',
    ],
    ['has no link that runs', '[x](javascript:alert(1))', '<p><a>x</a></p>'],
    [
      'has no link that runs, however it is written',
      '[x](JaVa\nScript:alert(1))',
      '<p>[x](JaVa\nScript:alert(1))</p>',
    ],
    ['has no link with data', '[x](data:text/html,a)', '<p><a>x</a></p>'],
    ['has no link to a mailbox', '<a@b.test>', '<p><a>a@b.test</a></p>'],
    ['has no link within the page', '[x](/dashboard)', '<p><a>x</a></p>'],
    ['has no link to another scheme by default', '[x](//a.test)', '<p><a>x</a></p>'],
    ['shows HTML as text', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [
      'shows HTML in a line as text',
      'a <b onclick="x">b</b>',
      '<p>a &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt;</p>',
    ],
    [
      'cannot leave an attribute',
      '[x](https://a.test/"onclick="y)',
      '<p><a href="https://a.test/%22onclick=%22y" rel="nofollow noopener">x</a></p>',
    ],
    [
      'has no images, but links to them',
      '![x](https://a.test/i.png)',
      '<p>!<a href="https://a.test/i.png" rel="nofollow noopener">x</a></p>',
    ],
    ['has headings that are no headings of the page', '# Now', '<p class="heading">Now</p>'],
  ])('%s', (_, text, expected) => {
    expect(markdown(text).trim()).toBe(expected)
  })
})
