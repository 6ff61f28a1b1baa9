import { short, type Theme } from './theme.ts'

export const names: Theme = {
  title: 'a site is down: its name',
  behaviours: {},
  cases: [
    ['one that does not exist', 'http://missing.test/', 'down dns', 'no such name'],
    ['one without an address', 'http://bare.test/', 'down dns', 'the name has no address'],
    ['name servers that fail', 'http://failing.test/', 'down dns', 'failed to answer'],
    ['name servers that never answer', 'http://silent.test/', 'down dns', 'within 200 ms', short],
    ['one whose IPv6 fails', 'http://v6-failing.test{:http}/ok', 'up'],
    ['one whose IPv6 is silent', 'http://v6-silent.test{:http}/ok', 'up'],
    ['one in capitals', 'http://UP.TEST{:http}/ok', 'up'],
    ['one with a dot at its end', 'http://up.test.{:http}/ok', 'up'],
    ['one of letters that are not ASCII', 'http://b\u00fccher.test{:http}/ok', 'up'],
    ['one with a label of 64 letters', `http://${'a'.repeat(64)}.test/`, 'down dns', ''],
    ['one of 300 letters', `http://${'abcde.'.repeat(50)}test/`, 'down dns', ''],
    ['one that looks like another', 'http://\u0440aypal.test/', 'down dns', 'no such name'],
  ],
}
