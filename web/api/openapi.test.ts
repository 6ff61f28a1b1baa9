import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { webContext } from '../../test/support/web-context.ts'
import { webApp } from '../app.ts'
import { routeTable } from '../route-table.ts'
import { problemKinds } from './answer.ts'
import { answerSchemas } from './answer-schemas.ts'
import { openApi } from './openapi.ts'
import { API_PREFIX } from './operation.ts'
import { operations } from './operations.ts'

type Described = {
  readonly security: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> }

const app = webApp(webContext())
const served: Document = JSON.parse(await (await app.request('/api/v1/openapi.json')).text())
const described = Object.entries(served.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const),
)

test('the document is OpenAPI 3.1', async () => {
  const outcome = await new Validator().validate(structuredClone(served))
  expect(outcome).toMatchObject({ valid: true })
})

describe('the document and the table of routes', () => {
  const ofKeys = routeTable.filter(({ path, audience }) => {
    return audience.startsWith('key: ') || operations.some((one) => API_PREFIX + one.path === path)
  })

  test('have the same operations', () => {
    const told = ofKeys.map(({ method, path }) => {
      return `${method} ${path.slice(API_PREFIX.length).replace(/:(\w+)/g, '{$1}')}`
    })
    expect(described.map(([name]) => name).sort()).toEqual(told.sort())
  })

  test('have the same scopes', () => {
    const scopes = described.map(([name, { security }]) => [name, JSON.stringify(security)])
    const audiences = ofKeys.map(({ method, path, audience }) => [
      `${method} ${path.slice(API_PREFIX.length).replace(/:(\w+)/g, '{$1}')}`,
      audience === 'anyone' ? '[]' : JSON.stringify([{ key: [audience.slice('key: '.length)] }]),
    ])
    expect(scopes.sort()).toEqual(audiences.sort())
  })
})

describe('an operation', () => {
  test.each(described)('%s names each part of its path', (name, { parameters }) => {
    const inPath = parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`)
    expect(name.match(/\{\w+\}/g) ?? []).toEqual(inPath)
  })

  test.each(described)('%s says how it answers, and how it fails', (_, { responses }) => {
    const statuses = Object.keys(responses).map(Number)
    expect(statuses.some((status) => status < 300)).toBe(true)
    expect(statuses.some((status) => status >= 400)).toBe(true)
  })

  test('has a name of its own', () => {
    const names = operations.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  test.each(operations.map((one) => [one.name, one] as const))(
    '%s has an example that is one of it',
    (_, one) => {
      const pattern = one.path.replace(/:\w+/g, '[^/?]+')
      expect(one.example).toMatch(new RegExp(`^${pattern}(\\?.*)?$`))
      const query = new URL(one.example, 'http://127.0.0.1').searchParams
      for (const name of query.keys()) expect(Object.keys(one.query)).toContain(name)
    },
  )
})

test('every schema that is pointed at is there, and is pointed at', () => {
  const text = JSON.stringify(openApi(operations))
  const pointedAt = new Set(
    [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name),
  )
  expect([...pointedAt].sort()).toEqual(Object.keys(answerSchemas).sort())
})

test('every kind of problem is one that an operation may answer with, but those of the router', () => {
  const text = JSON.stringify(openApi(operations))
  const unsaid = Object.keys(problemKinds).filter((kind) => !text.includes(`(${kind})`))
  // Of addresses that are none of an operation's, and of a fault, which nobody can promise.
  expect(unsaid.sort()).toEqual(['fault', 'wrong-method'])
})

describe('the page', () => {
  test('has every operation, and every link of it leads somewhere', async () => {
    const response = await app.request('/api/v1/docs')
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...text.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.filter((id) => !ids.has(id))).toEqual([])
    expect(operations.filter(({ name }) => !ids.has(name))).toEqual([])
    expect(Object.keys(problemKinds).filter((kind) => !ids.has(`problem-${kind}`))).toEqual([])
  })

  test('has nothing inline, and nothing from elsewhere', async () => {
    const text = await (await app.request('/api/v1/docs')).text()
    expect(text).not.toMatch(/ style=|<script>| on\w+=|(?:src|href)="https?:/)
  })

  test('shows addresses as others reach us', async () => {
    const pages = { title: 'Status', publicUrl: 'https://up.example.com', dashboardPassword: null }
    const text = await (await webApp(webContext({ pages })).request('/api/v1/docs')).text()
    expect(text).toContain('https://up.example.com/api/v1/sites')
  })
})
