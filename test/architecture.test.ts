import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The law of the tree, read off the imports themselves: who may import whom, which one file knows a
 * package, and which names mean nothing.
 */

const root = path.join(import.meta.dirname, '..')
const files = globSync(
  '{scheduler,worker,consumer,web,shared,db,site-file,scripts,test,bench}/**/*.ts',
  {
    cwd: root,
  },
).filter((file) => !file.includes('node_modules'))

type Import = { readonly from: string; readonly line: number; readonly to: string }

const imports: readonly Import[] = files.flatMap((from) =>
  readFileSync(path.join(root, from), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const to = /(?:\bfrom |\bimport |\bimport\(|\brequire\(?[^)]*\)\()'([^']+)'/.exec(text)?.[1]
      return to === undefined ? [] : [{ from, line: index + 1, to: resolve(from, to) }]
    }),
)

/** A path from the root for a file of ours, `npm:name` for a package, `node:name` for Node. */
function resolve(from: string, to: string): string {
  if (to.startsWith('#')) return to.slice(1)
  if (to.startsWith('.')) return path.join(path.dirname(from), to)
  if (to.startsWith('node:')) return to
  const [scope = '', name = ''] = to.split('/')
  return `npm:${scope.startsWith('@') ? `${scope}/${name}` : scope}`
}

const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('test/')
const isOurs = (to: string) => !to.startsWith('npm:') && !to.startsWith('node:')
const complaint = ({ from, line, to }: Import) => `${from}:${line} imports ${to}`

/** A folder, and what files below it may import of ours beside itself. The longest match counts. */
const allowed: readonly (readonly [folder: string, mayImport: readonly string[]])[] = [
  ['shared/domain/', []],
  ['shared/contracts/', ['shared/domain/']],
  ['shared/runtime/', []],
  ['db/', ['shared/domain/']],
  ['site-file/', ['db/', 'shared/']],
  ['scheduler/', ['db/', 'shared/', 'package.json']],
  ['worker/', ['shared/', 'package.json']],
  ['consumer/', ['db/', 'shared/', 'package.json']],
  ['web/', ['db/', 'site-file/', 'shared/', 'package.json']],
  [
    'scripts/',
    ['db/', 'site-file/', 'shared/', 'scheduler/', 'worker/', 'consumer/', 'web/', 'package.json'],
  ],
  ['test/', ['']],
  ['bench/', ['']],
]

describe('imports', () => {
  test('point one way', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (isTest(from) || !isOurs(to)) return false
      const [folder, mayImport] = allowed.find(([start]) => from.startsWith(start)) ?? ['', []]
      return ![folder, ...mayImport].some((start) => to.startsWith(start))
    })
    expect(wrong.map(complaint)).toEqual([])
  })

  test('never reach a main.ts, a test, a benchmark or a script from the product', () => {
    const wrong = imports.filter(({ from, to }) => {
      const isFromProduct = !isTest(from) && !/^(scripts|bench)\//.test(from)
      return /(^|\/)main\.ts$/.test(to) || (isFromProduct && /^(test|bench|scripts)\//.test(to))
    })
    expect(wrong.map(complaint)).toEqual([])
  })

  test('form no circle', () => {
    const edges = Map.groupBy(
      imports.filter(({ to }) => isOurs(to)),
      ({ from }) => from,
    )
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, trail: readonly string[]) => {
      if (trail.includes(file))
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      if (trail.includes(file) || done.has(file)) return
      for (const { to } of edges.get(file) ?? []) visit(to, [...trail, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(circles).toEqual([])
  })

  test('of the pure core need neither Node nor the network', () => {
    const pure = ['npm:uuid', 'npm:re2js']
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('shared/domain/') && !isTest(from) && !isOurs(to) && !pure.includes(to),
    )
    expect(wrong.map(complaint)).toEqual([])
  })
})

/** Who knows a package. A second address would be a second place to mend at its next major version. */
const importers: Readonly<Record<string, readonly string[]>> = {
  'npm:@hono/node-server': ['web/web-server.ts'],
  'npm:croner': ['scheduler/scheduler.ts'],
  'npm:csv-parse': ['site-file/'],
  'npm:hono': ['web/'],
  'npm:kafkajs': ['shared/runtime/kafka-'],
  'npm:kysely': ['db/'],
  'npm:log-update': ['scripts/terminal.ts'],
  'npm:micromark': ['web/status-page/'],
  'npm:nodemailer': ['consumer/notify/mailer.ts'],
  'npm:pg': ['db/'],
  'npm:pg-boss': ['shared/runtime/queue.ts'],
  'npm:pino': ['shared/runtime/log.ts'],
  'npm:pm2': ['scripts/supervise.ts'],
  'npm:postal-mime': ['scripts/support/'],
  'npm:prom-client': ['shared/runtime/metrics.ts'],
  'npm:re2js': ['shared/domain/body-regex.ts'],
  'npm:smtp-server': ['scripts/support/'],
  'npm:undici': ['worker/probe/'],
  'npm:uuid': ['shared/domain/identity.ts'],
  'npm:yaml': ['site-file/'],
}

/** Packages whose files web serves as they are: nobody imports them. */
const served = ['htmx.org', 'htmx-ext-sse', 'idiomorph', 'uplot']

describe('packages', () => {
  test('are each known to one place', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (isTest(from) || from.startsWith('bench/') || !to.startsWith('npm:')) return false
      return !(importers[to] ?? []).some((place) => from.startsWith(place))
    })
    expect(wrong.map(complaint)).toEqual([])
  })

  test('that are dependencies are used', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const used = new Set(imports.map(({ to }) => to))
    const unused = Object.keys(dependencies).filter(
      (name) => name !== 'node' && !served.includes(name) && !used.has(`npm:${name}`),
    )
    expect(unused).toEqual([])
  })

  test('are pinned to exact versions', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries<string>(manifest[kind]),
    )
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })
})

describe('files', () => {
  test('have names that say what is in them', () => {
    const banned =
      /(^|\/)(utils?|helpers?|common|misc|types|lib|interfaces|index|constants)(\/|\.ts$)/
    expect(files.filter((file) => banned.test(file))).toEqual([])
  })

  test('are named in kebab-case', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.bench|\.e2e\.test|\.browser\.test)?\.ts$/
    expect(files.filter((file) => !kebab.test(path.basename(file)))).toEqual([])
  })

  test('hold one idea: at most 250 lines, tests apart', () => {
    const long = files
      .filter((file) => !isTest(file))
      .map(
        (file) => [file, readFileSync(path.join(root, file), 'utf8').split('\n').length] as const,
      )
      .filter(([, lines]) => lines > 251)
    expect(long).toEqual([])
  })

  test('keep SQL in db', () => {
    const statement = /sql`|\b(select|insert into|update|delete from) [a-z_]+ (set|where|from|\()/
    const outside = files.filter(
      (file) =>
        !file.startsWith('db/') &&
        !isTest(file) &&
        !file.startsWith('bench/') &&
        statement.test(readFileSync(path.join(root, file), 'utf8')),
    )
    expect(outside).toEqual([])
  })
})
