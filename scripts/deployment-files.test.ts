import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { knownSettingNames } from '#shared/contracts/known-settings.ts'
import { portChoices } from './support/ports.ts'

const root = path.resolve(import.meta.dirname, '..')
const read = (name: string) => readFile(path.join(root, name), 'utf8')

type Service = {
  readonly image: string
  readonly container_name?: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly profiles?: readonly string[]
  readonly healthcheck?: object
  readonly cap_drop?: readonly string[]
  readonly read_only?: boolean
}
const compose: { services: Record<string, Service> } = parse(await read('docker-compose.yaml'), {
  merge: true,
})
const services = Object.entries(compose.services)
const own = services.filter(([, service]) => service.image === 'uptick')

describe('docker-compose.yaml', () => {
  test('has what the product needs', () => {
    const expected = [
      'consumer',
      'demo-target',
      'kafka',
      'mail',
      'migrate',
      'postgres',
      'scheduler',
      'web',
      'worker',
    ]
    expect(Object.keys(compose.services).sort()).toEqual(expected)
  })

  test.each(services)(
    '%s can be there more than once: it has no name of its own',
    (_name, service) => {
      expect(service.container_name).toBeUndefined()
    },
  )

  test('a worker holds no port, so that there may be many', () => {
    expect(compose.services.worker?.ports).toBeUndefined()
  })

  test.each(services)('%s is published on loopback only', (_name, service) => {
    for (const port of service.ports ?? [])
      expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/)
  })

  test('publishes each port by the variable and default that processes have', () => {
    const published = services.flatMap(([, service]) => service.ports ?? [])
    const expected = Object.entries(portChoices)
      .filter(([name]) => name !== 'kafkaController')
      .map(([, { variable, first }]) => `127.0.0.1:\${${variable}:-${first}}`)
    expect(published.map((port) => port.slice(0, port.lastIndexOf(':'))).sort()).toEqual(
      expected.sort(),
    )
  })

  test.each(own)(
    '%s runs a file that is there, without rights it does not need',
    async (_name, service) => {
      const [program, script = ''] = service.command ?? []
      expect([program, service.read_only, service.cap_drop]).toEqual(['node', true, ['ALL']])
      expect((await read(script)).length).toBeGreaterThan(0)
    },
  )

  test.each(own)('%s knows only settings that there are', (_name, service) => {
    const known = [...knownSettingNames, 'DEMO_TARGET_HOST', 'DEMO_TARGET_PORT']
    expect(Object.keys(service.environment ?? {}).filter((name) => !known.includes(name))).toEqual(
      [],
    )
  })

  test.each(own)(
    '%s is given the owner of the database only where it migrates',
    (name, service) => {
      expect('DATABASE_ADMIN_URL' in (service.environment ?? {})).toBe(name === 'migrate')
    },
  )

  test('runs the same Kafka as processes do', async () => {
    const version = /<kafka\.version>(.+)<\/kafka\.version>/.exec(
      await read('ops/kafka/pom.xml'),
    )?.[1]
    expect(compose.services.kafka?.image).toBe(`apache/kafka:${version}`)
  })

  test('keeps the data of Postgres 18 where it puts it', () => {
    expect([compose.services.postgres?.image, compose.services.postgres?.volumes]).toEqual([
      'postgres:18',
      ['postgres:/var/lib/postgresql'],
    ])
  })
})

test('.env.example names every setting there is', async () => {
  const named = [...(await read('.env.example')).matchAll(/^# ([A-Z_]+)=/gm)].map(
    (match) => match[1],
  )
  expect(knownSettingNames.filter((name) => !named.includes(name))).toEqual([])
})

test('docs/settings.md explains every setting there is, and no other', async () => {
  const explained = [...(await read('docs/settings.md')).matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    (match) => match[1],
  )
  expect(explained.sort()).toEqual([...knownSettingNames].sort())
})

test('make shows every target that a person calls', async () => {
  const makefile = await read('Makefile')
  const phony = makefile.split('.PHONY:')[1]?.replaceAll('\\', ' ').trim().split(/\s+/) ?? []
  const shown = [...makefile.matchAll(/^([a-z-]+):.*## /gm)].map((match) => match[1])
  expect(shown.sort()).toEqual(phony.sort())
})
