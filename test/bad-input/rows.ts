/** Where a sentence stands that is the title of a test, or of a row of one. */
export type Shown = readonly [file: string, ...sentences: readonly string[]]

/** A row of the list of bad inputs (reliability, section 4). */
export type BadInput = {
  readonly input: string
  /** The tests that show what a user may expect; none: what it is about does not exist here. */
  readonly shown: readonly Shown[]
  /** Where the product promises something else than the list wishes for, and why; or what of it does not exist. */
  readonly differs?: string
}

const own = (name: string, ...sentences: readonly string[]): Shown => [
  `test/bad-input/${name}.test.ts`,
  ...sentences,
]
const hostile = (name: string, ...sentences: readonly string[]): Shown => [
  `test/hostile/${name}.ts`,
  ...sentences,
]

/**
 * Every row by its number: the one place that says which test shows it. One list, however long: split
 * by theme, a row could be in none.
 */
export const badInputs: Readonly<Record<number, BadInput>> = {
  1: {
    input: 'no URL, an empty one, spaces, no scheme',
    shown: [
      own(
        'sites',
        '1: no URL',
        '1: an empty URL',
        '1: a URL of spaces',
        '1: a URL without a scheme',
      ),
    ],
  },
  2: {
    input: 'file:, ftp:, gopher:, data:, javascript:, unix:',
    shown: [own('sites', '2: '), hostile('redirects', 'a redirect to a file')],
    differs:
      'besides http and https there are tcp, tls, dns, icmp and heartbeat, each with a reader of its own',
  },
  3: {
    input: 'credentials in a URL',
    shown: [own('sites', '3: a user and a password in the URL')],
  },
  4: {
    input: 'loopback in every spelling',
    shown: [
      hostile(
        'addresses',
        'one number',
        'hexadecimal in part',
        'octal',
        'IPv4 within IPv6',
        'the same as one number',
        'loopback where it is allowed',
      ),
      ['worker/probe/address-guard.test.ts', 'names the switch when that is what it takes'],
    ],
    differs:
      'private and loopback addresses may be watched by default, ALLOW_PRIVATE_TARGETS=false refuses them (ADR 0009); there is no list of ports',
  },
  5: {
    input: 'metadata services',
    shown: [
      hostile('addresses', 'a name'),
      [
        'worker/probe/address-guard.test.ts',
        'the metadata of most clouds',
        'the metadata of AWS over IPv6',
        'the metadata of Alibaba',
      ],
    ],
  },
  6: {
    input: 'rebinding, mixed sets of addresses',
    shown: [
      hostile(
        'addresses',
        'one good address, one refused',
        'one refused address, one good',
        'a good address, and a refused one of IPv6',
      ),
    ],
  },
  7: {
    input: 'a failure of the name server, then a private address',
    shown: [hostile('addresses', 'a refused address after a failure of the name server')],
  },
  8: {
    input: 'long URLs, NUL, CR LF, tabs, backslashes, %00, spaces',
    shown: [
      own(
        'sites',
        '8: a URL of 10,000 characters',
        '8: NUL in a URL',
        '8: CR LF in a URL',
        '8: a tab in a URL',
        '8: %00 in a host',
        '8: a space in a host',
      ),
      own('taken-sites', '8: a backslash', '8: %00 in a path'),
    ],
    differs: 'a URL is stored as it was written, and asked in the normal form of WHATWG',
  },
  9: {
    input: 'homographs, punycode, capitals, a dot at the end of a host',
    shown: [
      own(
        'taken-sites',
        '9: a host in capital letters',
        '9: a host in another script',
        '9: a homograph',
        '9: a host with its dot',
        '9: of one URL in two spellings',
      ),
    ],
    differs: 'two spellings of one URL are two sites: a URL is the text that was given',
  },
  10: {
    input: 'ports 0, 65536, 22, 25, 6379',
    shown: [
      own('sites', '10: port 0', '10: port 65536'),
      own('taken-sites', '10: the port of SSH', '10: the port of SMTP', '10: the port of Redis'),
    ],
    differs: 'any port may be watched: a monitor of databases and mail servers has to',
  },
  11: {
    input: 'intervals that are none',
    shown: [
      own('sites', '11: an interval by that name'),
      own('taken-sites', '11, 13: an interval of 5 minutes', '11: a cadence of one’s own'),
    ],
    differs: 'an interval is the name of a row of cadence, whose seconds are 1 to 86,400',
  },
  12: {
    input: 'a timeout of 0, or as long as the interval',
    shown: [
      own('sites', '12: a timeout of 0', '12: a timeout beyond a minute'),
      own('taken-sites', '12: a timeout as long as the interval'),
    ],
    differs:
      'a timeout may be as long as an interval: checks of one site may overlap, each ends at its own deadline',
  },
  13: {
    input: 'thresholds of 0, 1.5, a million, none',
    shown: [
      own(
        'sites',
        '13: a threshold of 0',
        '13: a threshold of one and a half',
        '13: a threshold of a million',
      ),
      own('taken-sites', '11, 13: an interval of 5 minutes, thresholds of 2'),
    ],
  },
  14: {
    input: 'expected status codes that are none',
    shown: [
      own(
        'sites',
        '14: an open range',
        '14: a class of status codes',
        '14: a range of status codes backwards',
        '14: a list of no status codes',
      ),
    ],
  },
  15: {
    input: 'methods',
    shown: [own('sites', '15: a method with a line of its own', '15: CONNECT', '15: TRACE')],
  },
  16: {
    input: 'headers',
    shown: [
      own(
        'sites',
        '16: a header called ',
        '16: the header ',
        '16: CR LF in a header',
        '16: 200 headers',
        '16: a header of 10 KiB',
      ),
    ],
  },
  17: {
    input: 'a body on GET, a large body',
    shown: [own('sites', '17: a body on GET', '17: a body above 64 KiB')],
  },
  18: {
    input: 'names that are markup, steer text, are long, empty or emoji',
    shown: [
      own('sites', '18: a name of 10 kB', '18: a name that steers a terminal'),
      own('taken-sites', '18: a name %s'),
      ['web/public-routes.test.ts', '%s runs nothing and loads nothing of a hostile name'],
      ['shared/domain/plain-line.test.ts', 'loses overrides of direction'],
      ['db/site-config.test.ts', 'a name that is empty'],
    ],
    differs: 'overrides of direction are stored, and taken out wherever a name is shown',
  },
  19: {
    input: 'two sites of one id, or of one URL',
    shown: [own('taken-sites', '19: two sites')],
    differs: 'one URL may have several sites by different names; in SQL also by the same',
  },
  20: {
    input: 'a row edited to garbage while jobs are queued',
    shown: [own('taken-sites', '20: a row that is edited to garbage')],
    differs: 'a job carries all it needs and is done as it was made; there are no further ones',
  },
  21: {
    input: 'tags and maps that are none, deep ones, __proto__',
    shown: [
      own(
        'sites',
        '21: tags in a map',
        '21: headers in a list',
        '21: headers that are a text',
        '21: a column called __proto__',
        '21: a header called __proto__',
        '21: a value 10,000 brackets deep',
      ),
    ],
  },
  22: {
    input: 'CSV',
    shown: [
      own(
        'files',
        '22: a byte order mark and CR LF',
        '22: a line break in quotes',
        '22: a column that is missing',
        '22: a cell too many',
        '22: a quote that is never closed',
        '22: bytes of Latin-1',
        '22: the last of 20,000 rows is bad',
        '22: an export is to be loaded back',
      ),
      ['scripts/report/report.test.ts', 'is no formula'],
    ],
    differs:
      'a million rows are tried by hand, 20,000 in the tests; an export is to be loaded back, so only reports are made harmless for spreadsheets',
  },
  23: {
    input: 'YAML',
    shown: [
      own(
        'files',
        '23: aliases that multiply',
        '23: a tag that would make a function',
        '23: a key twice',
        '23: a tab that indents',
        '23: a merge key',
        '23: yes, on and no',
      ),
    ],
  },
  24: {
    input: 'a file of 2 GiB, a zip',
    shown: [
      own('files', '24: a file of 2 GiB is refused', '24: a zip in the name of a CSV'),
      ['web/dashboard/import-routes.test.ts', 'larger than 10 MiB is not taken'],
    ],
    differs:
      'the API takes no files; a CSV may be of any size on the command line, a row of it not',
  },
  25: {
    input: 'bodies of requests',
    shown: [
      own(
        'requests',
        '25: a body',
        'with a number beyond all numbers',
        'with a key twice',
        'with __proto__',
        'without a type',
        'of 5 MiB that says so is refused',
        'in chunks without end is refused',
      ),
    ],
    differs:
      'what never ends while sending nothing is cut off after 10 s, without an answer (web-server.test.ts)',
  },
  26: { input: 'an unknown field', shown: [own('requests', '26: a field with a typing error')] },
  27: { input: 'ids', shown: [own('requests', '27: an id', 'beyond 63 bits')] },
  28: {
    input: 'queries',
    shown: [own('requests', '28: a query', 'of ten years', 'that takes the database too long')],
    differs: 'a query is answered with 400; a statement of web may take 4 s, not 2',
  },
  29: {
    input: 'two changes at once',
    shown: [own('requests', '29: of two who change one site at once')],
  },
  30: {
    input: 'regexes that look ahead, back, or grow',
    shown: [
      hostile(
        'regexes',
        'one that never closes',
        'one that looks ahead',
        'one that looks back',
        'one that would take V8 seconds',
      ),
    ],
  },
  31: {
    input: 'long regexes, and those that match nothing',
    shown: [
      hostile(
        'regexes',
        'one of 1,001 letters',
        'one that grows',
        'one that matches the empty text',
      ),
      ['shared/domain/body-regex.test.ts', 'nested repetitions'],
    ],
    differs: 'a regex that matches the empty text is taken without a warning: it may be meant',
  },
  32: {
    input: 'charsets and Unicode forms',
    shown: [
      hostile(
        'charsets',
        'the charset of the header',
        'UTF-16 by its mark',
        'the charset of a meta tag',
        'and the other way round',
        'a charset that nobody knows is UTF-8',
      ),
    ],
    differs: 'that UTF-8 stood in for a charset is not noted in a result',
  },
  33: {
    input: 'JSON paths',
    shown: [
      [
        'shared/domain/json-path.test.ts',
        'a recursive descent',
        'a filter',
        'a way through what is inherited',
        'an accessor of all objects',
        'thirty-three levels',
      ],
      hostile('our-trouble', 'a path of 1,000 levels'),
    ],
  },
  34: {
    input: 'bodies that are no JSON, or too much of it',
    shown: [
      hostile(
        'json-documents',
        'a path into HTML',
        'a path into nothing',
        'NaN',
        '50 MiB',
        '100,000 levels',
        'of a key given twice the last counts',
      ),
    ],
    differs:
      'of a key given twice the last counts, as in every browser; too large is a failure of its own',
  },
  35: {
    input: 'records that are none',
    shown: [
      own(
        'records',
        '35: no bytes',
        '35: no value',
        '35: no UTF-8',
        '35: JSON that breaks off',
        '35: 900 KiB',
        '35: the key of another site',
        '35: a version of tomorrow',
        '35: no slot',
        '35: a slot of 9e15',
        '35: a site that there is not',
        '35: status 1000',
        '35: a latency of Infinity',
        '35: with markup and 50 KiB of message',
      ),
    ],
    differs:
      'a record of 10 MiB is refused by the broker (message.max.bytes): 900 KiB stands in for it',
  },
  36: {
    input: 'a record of another environment',
    shown: [own('records', '36: a record of another environment')],
    differs:
      'records carry no environment: installations that share a broker need a topic each (settings.md). A site that is not there is a dead letter; one of the same number is not told apart',
  },
  37: {
    input: 'status lines',
    shown: [
      hostile(
        'status-lines',
        'a version that does not exist',
        'status 000',
        'hints without end',
        'SSH instead of HTTP',
      ),
      hostile('good-answers', 'an answer without headers is up', '304 without a condition'),
      hostile('framing', '204 with a body'),
    ],
  },
  38: {
    input: 'headers of answers',
    shown: [
      hostile('headers', 'a header of 100 KiB', 'ten thousand headers'),
      hostile('connections', 'headers that drip'),
    ],
  },
  39: {
    input: 'bodies of answers',
    shown: [
      hostile('bodies', 'an endless body that nobody needs'),
      hostile('connections', 'a body that drips', 'a body shorter than said'),
      hostile(
        'framing',
        'a length of 1e18, none of which comes',
        'a negative length',
        'two lengths that differ',
        'a chunk longer than said',
      ),
    ],
    differs: 'the failures are protocol, reset, timeout and too_large, whichever it was',
  },
  40: {
    input: 'codings of answers',
    shown: [
      hostile(
        'codings',
        'a bomb of gzip',
        'a bomb of Brotli',
        'a bomb of Zstandard',
        'a thousand layers',
        'a coding that is made up',
        'what is not the gzip it says',
      ),
    ],
  },
  41: {
    input: 'redirects',
    shown: [
      hostile(
        'redirects',
        'redirects in a circle',
        '21 redirects',
        'a redirect to a script',
        'a redirect to a refused address',
        'from HTTP to HTTPS',
        'a redirect to an empty place',
        'the same, without a scheme',
        'a secret is not sent to another port',
      ),
    ],
  },
  42: {
    input: 'ends of connections',
    shown: [
      hostile(
        'good-answers',
        'a reset after a whole answer is up',
        'a connection left open after a whole answer is up',
      ),
      hostile('tls', 'no close_notify after a whole answer'),
    ],
  },
  43: {
    input: 'another protocol than was asked for',
    shown: [
      hostile('tls', 'a server for HTTP/2 alone', 'TLS on an HTTP port', 'HTTP on a TLS port'),
    ],
    differs: 'HTTP on a TLS port is a reset: nothing else can be seen of it',
  },
  44: {
    input: 'certificates',
    shown: [
      hostile(
        'tls',
        'an expired one',
        'one of tomorrow',
        'one for another host',
        'a self-signed one',
        'one without its intermediate',
        'one signed with SHA-1',
        'a chain of 100',
        'one with a NUL in its name',
        'an expired one that does not matter',
      ),
    ],
  },
  45: {
    input: 'a certificate that expires in seven days',
    shown: [
      hostile('tls', 'one that ends in seven days'),
      [
        'consumer/certificate-watch.test.ts',
        'with less than a week left',
        'is told of once at each number of days',
      ],
    ],
  },
  46: {
    input: 'one family of addresses alone',
    shown: [
      hostile('good-answers', 'a name with both families is up when one of them is'),
      hostile('names', 'one whose IPv6 fails'),
      ['worker/probe/failure-of-error.test.ts', 'no IPv6 at all is ours'],
    ],
    differs: 'a result for each family is had by two sites, with ip_family',
  },
  47: {
    input: 'what mail servers answer',
    shown: [
      own(
        'mail',
        '47: a banner of 10 MiB on one line',
        '47: 250 without end to EHLO',
        '47: 421 to MAIL FROM',
        '47: 450 to RCPT TO',
        '47: 550 to RCPT TO',
        '47: 552 to RCPT TO',
        '47: a connection that is reset once the mail was taken',
      ),
      [
        'consumer/notify/mailer.test.ts',
        'put off when the server dribbles for ever',
        'that is required and not offered: nothing is sent',
        'that is required with a certificate nobody vouches for: nothing is sent',
        'that is wrong is misconfigured',
        'drop_after_data',
      ],
    ],
  },
  48: {
    input: 'a recipient that smuggles a header',
    shown: [
      own('sites', '48: a recipient that smuggles a header'),
      own('settings', '53: all of it at once'),
    ],
  },
  49: {
    input: 'recipients that are not one plain address',
    shown: [
      own(
        'sites',
        '49: ',
        'two recipients in one',
        'a recipient with a name that has a comma',
        'a recipient that is not ASCII',
        '65 characters before the @',
      ),
      ['shared/domain/email-address.test.ts', 'with 65 characters before the @'],
      [
        'db/site-config.test.ts',
        'a recipient is one for SQL exactly when it is one for the code that sends',
      ],
    ],
  },
  50: {
    input: 'a subject with CR LF',
    shown: [
      [
        'consumer/notify/outage-email.test.ts',
        '%s in the name never gets into the subject or starts a line',
      ],
      [
        'consumer/notify/mailer.test.ts',
        'can carry neither headers, recipients, files nor URLs in its texts',
      ],
    ],
  },
  51: {
    input: 'templates',
    shown: [
      ['consumer/notify/outage-email.test.ts', 'template syntax is printed as it is'],
      own('taken-sites', 'that is a template'),
    ],
    differs: 'there are no templates, so there are no unknown names in them',
  },
  52: { input: 'webhooks', shown: [], differs: 'there are no webhooks: email is the only channel' },
  53: {
    input: 'settings',
    shown: [
      own(
        'settings',
        '53: a port that is no number',
        '53: an empty value that is required',
        '53: brokers between commas that are none',
        '53: a database URL with a bare #',
        '53: certificates that nobody would check',
        '53: a secret in a file of two lines',
        '53: a folder in place of a certificate',
        '53: a key that is not of the certificate',
        '53: all of it at once',
      ),
      ['shared/runtime/settings.test.ts', 'can come from a file, without its line break'],
    ],
    differs:
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is refused everywhere: no setting says that this is production',
  },
  54: {
    input: 'a secret given twice',
    shown: [
      own(
        'settings',
        '54: a secret given as itself and as a file',
        '54: a mail server given twice',
      ),
    ],
  },
  55: {
    input: 'the clock of 1970 or 2040 at start',
    shown: [own('start', '55: in the year %i, and names both clocks')],
    differs:
      'the scheduler, the consumer and web compare their clock with that of the database; a worker knows no table, and watches its clock itself',
  },
  56: {
    input: 'a schema newer or older than the code',
    shown: [
      own(
        'start',
        '56: on a schema that is older than its code',
        '56: on a schema that is newer by one',
      ),
    ],
    differs: 'a worker knows no table: it waits for its queue',
  },
  57: {
    input: 'slugs',
    shown: [
      own('requests', '57: a slug', 'that is taken is a conflict'),
      ['db/site-config.test.ts', 'a long slug'],
    ],
    differs: 'there are no custom domains',
  },
  58: {
    input: '10,000 requests a second for a badge',
    shown: [
      own(
        'requests',
        '58: a badge that all the world asks for',
        'costs the database next to nothing',
      ),
    ],
    differs:
      'nobody is refused: badges are asked for by the caches of a few large hosts, and a limit for each address would break them. web takes 2,000 connections',
  },
}
