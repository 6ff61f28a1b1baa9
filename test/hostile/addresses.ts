import type { CheckCase, Theme } from './theme.ts'

const strict = { by: 'strict' } as const

/** Loopback, as many ways as a URL can say it. */
const spellings: readonly (readonly [sentence: string, host: string])[] = [
  ['four numbers', '127.0.0.1'],
  ['with a dot at its end', '127.0.0.1.'],
  ['two numbers', '127.1'],
  ['three numbers', '127.0.1'],
  ['one number', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['hexadecimal in capitals', '0X7F.0X0.0X0.0X1'],
  ['hexadecimal in part', '0x7f.1'],
  ['octal', '017700000001'],
  ['octal in part', '0177.0.0.01'],
  ['percent signs', '%31%32%37.0.0.1'],
  ['wide digits', '\uff11\uff12\uff17\uff0e\uff10\uff0e\uff10\uff0e\uff11'],
  ['digits in circles', '\u2460\u2461\u2466.0.0.\u2460'],
  ['the other end of loopback', '127.255.255.254'],
  ['IPv6', '[::1]'],
  ['IPv6 in full', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ['IPv4 within IPv6', '[::ffff:127.0.0.1]'],
  ['the same in hexadecimal', '[::FFFF:7F00:1]'],
  ['a name', 'localhost'],
  ['a name in capitals', 'LOCALHOST'],
  ['a name with a dot at its end', 'localhost.'],
  ['a name below it', 'deep.within.localhost'],
  ['a name from a name server', 'up.test'],
  ['a name with both families', 'both.test'],
]

/** 127.0.0.2 stands in for the addresses of metadata: those are never connected to, not even here. */
const refused: readonly (readonly [sentence: string, host: string])[] = [
  ['four numbers', '127.0.0.2'],
  ['two numbers', '127.2'],
  ['one number', '2130706434'],
  ['hexadecimal', '0x7f000002'],
  ['octal', '0177.0.0.2'],
  ['IPv4 within IPv6', '[::ffff:127.0.0.2]'],
  ['a name', 'refused.test'],
  ['one good address, one refused', 'mixed.test'],
  ['one refused address, one good', 'mixed-first.test'],
  ['a good address, and a refused one of IPv6', 'mixed-families.test'],
  ['a refused address after a failure of the name server', 'fails-first.test'],
]

export const addresses: Theme = {
  title: 'addresses that may not be watched',
  behaviours: {},
  cases: [
    ...spellings.map(([sentence, host]): CheckCase => {
      const part = 'ALLOW_PRIVATE_TARGETS'
      return [`loopback: ${sentence}`, `http://${host}{:http}/ok`, 'down blocked', part, strict]
    }),
    ...refused.map(([sentence, host]): CheckCase => {
      return [`refused: ${sentence}`, `http://${host}{:http}/ok`, 'down blocked', 'never watched']
    }),
    ['the unspecified address', 'http://0.0.0.0{:http}/ok', 'down blocked', 'never watched'],
    ['the same as one number', 'http://0{:http}/ok', 'down blocked', 'never watched'],
    ['a refused address asked for TLS', 'https://127.0.0.2{:valid}/', 'down blocked', ''],
    [
      'a name that is good first and refused once it is redirected to itself',
      'http://rebound.test{:http}/redirect?http://rebound.test{:http}/ok',
      'down blocked',
      '127.0.0.2',
    ],
    ['loopback where it is allowed', 'http://0x7f.1{:http}/ok', 'up'],
  ],
}
