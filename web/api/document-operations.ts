import { docsPage } from './docs-page.ts'
import { openApi } from './openapi.ts'
import { type Operation, operation } from './operation.ts'

/** What describes these operations, and itself: a document for machines, and a page for people. */
export function documentOperations(others: readonly Operation[]): readonly Operation[] {
  const all: Operation[] = [...others]
  all.push(
    operation({
      name: 'readOpenApi',
      method: 'GET',
      path: '/openapi.json',
      scope: 'anyone',
      group: 'Service',
      summary: 'describes this API as OpenAPI 3.1',
      query: {},
      answers: [{ status: 200, description: 'The document.', schema: { type: 'object' } }],
      problems: [],
      example: '/openapi.json',
      handle: async () => ({ status: 200, body: openApi(all) }),
    }),
    operation({
      name: 'readDocs',
      method: 'GET',
      path: '/docs',
      scope: 'anyone',
      group: 'Service',
      summary: 'describes this API for people',
      query: {},
      answers: [{ status: 200, description: 'A page.', schema: 'html' }],
      problems: [],
      example: '/docs',
      handle: async ({ web }) => ({ status: 200, body: await docsPage(all, web) }),
    }),
  )
  return all.slice(others.length)
}
