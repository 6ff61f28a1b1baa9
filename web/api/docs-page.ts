import { html } from 'hono/html'
import { layout, type Markup } from '../page/layout.ts'
import type { WebContext } from '../web-context.ts'
import { type ProblemKind, problemKinds } from './answer.ts'
import { answerSchemas } from './answer-schemas.ts'
import { curlExample } from './curl-example.ts'
import { KEY_RATE } from './key-guard.ts'
import { problemKindsOf } from './openapi.ts'
import { API_PREFIX, type Operation } from './operation.ts'
import type { JsonSchema } from './parameter.ts'
import { BODY_BYTES_MAX } from './read-json-body.ts'
import { schemaWords } from './schema-words.ts'
import { maskedColumns } from './site-json.ts'
import { settingSchemas } from './site-schema.ts'

/** Where a browser on the same machine reaches us, while nobody has said how others do. */
const DEFAULT_ORIGIN = 'http://127.0.0.1:8070'

/** The API for people, made of the same operations as its OpenAPI document. */
export async function docsPage(
  operations: readonly Operation[],
  { assets, pages }: WebContext,
): Promise<string> {
  const origin = pages.publicUrl ?? DEFAULT_ORIGIN
  const groups = [...Map.groupBy(operations, ({ group }) => group)]
  const body = html`<div class="page wide api">
<header>
<h1>Uptick API</h1>
<p class="soft">Sites, what was seen of them, and how much of the time anybody looked. <a href="${API_PREFIX}/openapi.json">OpenAPI 3.1</a></p>
</header>
<nav aria-label="Contents">${groups.map(contentsOf)}
<h2>Words</h2><ul><li><a href="#settings">Settings of a site</a></li><li><a href="#answers">Answers</a></li><li><a href="#problems">Problems</a></li></ul></nav>
<main id="main">
${introduction(origin)}
${groups.map(([group, ofGroup]) => html`<section><h2>${group}</h2>${ofGroup.map((one) => operationCard(one, origin))}</section>`)}
<section id="settings"><h2>Settings of a site</h2>
<p>What can be set, as in files and in SQL. All but <code>url</code> may be left out.</p>${fieldsTable(settingSchemas)}</section>
<section id="answers"><h2>Answers</h2>${Object.entries(answerSchemas)
    .filter(([name]) => !name.startsWith('Site'))
    .map(([name, schema]) => schemaSection(name, schema))}</section>
${problemsSection()}
</main></div>`
  const page = layout({
    title: 'Uptick API',
    assets,
    scripts: [],
    styles: ['api-docs.css'],
    bodyClass: 'api-docs',
    body,
  })
  return (await page).toString()
}

function contentsOf([group, operations]: readonly [string, readonly Operation[]]): Markup {
  return html`<h2>${group}</h2><ul>${operations.map(
    ({ name, method, path }) =>
      html`<li><a href="#${name}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></a></li>`,
  )}</ul>`
}

function introduction(origin: string): Markup {
  const perSecond = 1_000 / KEY_RATE.everyMs
  return html`<section class="card introduction"><div>
<p>Make a key, which is shown once, and keep it in the environment:</p>
<pre tabindex="0"><code>scripts/uptick key create --name "my script" --scope read,write,check
export UPTICK_KEY=uptick_...
curl -H "Authorization: Bearer $UPTICK_KEY" ${origin}${API_PREFIX}/sites</code></pre>
<dl>
<dt>Scopes</dt><dd><code>read</code> shows, <code>write</code> changes, <code>check</code> asks for checks; none includes another. Without <code>write</code> these are masked as <code>***</code>: ${maskedColumns.join(', ')}, the token of a heartbeat, and who was emailed.</dd>
<dt>Rates</dt><dd>${perSecond} requests a second for each key, ${KEY_RATE.burst} at once, counted by each process of web; <code>RateLimit</code> tells what is left, <code>Retry-After</code> when to come again.</dd>
<dt>Bodies</dt><dd>JSON in UTF-8, ${BODY_BYTES_MAX / 1_024} KiB at most. Fields that nobody knows are refused.</dd>
<dt>Lists</dt><dd>come in pages: <code>next</code> is the address of the next one, null at the end.</dd>
<dt>Times</dt><dd>are RFC 3339 in UTC; in a query a day will do.</dd>
</dl></div></section>`
}

function operationCard(operation: Operation, origin: string): Markup {
  const { name, method, path, scope, summary, description, query, body, answers } = operation
  return html`<article class="card" id="${name}"><div>
<h3><span class="method ${method.toLowerCase()}">${method}</span> <code>${API_PREFIX}${path}</code>
<span class="tag">${scope === 'anyone' ? 'no key' : scope}</span></h3>
<p>${summary[0]?.toUpperCase()}${summary.slice(1)}.${description === undefined ? '' : html` <span class="soft">${description}</span>`}</p>
<pre tabindex="0"><code>${curlExample(operation, origin)}</code></pre>
${Object.keys(query).length === 0 ? '' : parametersTable(query)}
${body === undefined ? '' : html`<p>Body: <a href="#settings">settings of a site</a>.</p>`}
<ul class="statuses">${answers.map(
    (answer) =>
      html`<li><strong>${answer.status}</strong> ${answer.description}${answerLink(answer.schema)}</li>`,
  )}${problemKindsOf(operation).map(problemItem)}</ul>
</div></article>`
}

function problemItem(kind: ProblemKind): Markup {
  return html`<li class="soft"><strong>${problemKinds[kind].status}</strong> <a href="#problem-${kind}">${kind}</a></li>`
}

function answerLink(schema: JsonSchema | 'html' | null): Markup | '' {
  const name = /schemas\/(\w+)/.exec(JSON.stringify(schema))?.[1]
  if (name === undefined) return ''
  return html` <a href="#${name === 'Site' ? 'settings' : `answer-${name}`}">${name}</a>`
}

function parametersTable(query: Operation['query']): Markup {
  const parameters = Object.entries(query).map(([name, { description, schema }]) => [
    name,
    { ...schema, description },
  ])
  return fieldsTable(Object.fromEntries(parameters))
}

function fieldsTable(fields: Readonly<Record<string, JsonSchema>>): Markup {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Fields"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
<tbody>${Object.entries(fields).map(
    ([name, schema]) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${schemaWords(schema)}</td><td>${schema.description ?? ''}</td></tr>`,
  )}</tbody></table></div>`
}

function schemaSection(name: string, { properties, description }: JsonSchema): Markup {
  // Every schema of an answer has its properties as an object of schemas.
  const fields = (properties ?? {}) as Readonly<Record<string, JsonSchema>>
  return html`<details id="answer-${name}" open><summary><h3>${name}</h3></summary>${description === undefined ? '' : html`<p>${description}</p>`}${fieldsTable(fields)}</details>`
}

function problemsSection(): Markup {
  return html`<section id="problems"><h2>Problems</h2>
<p>A failure is <code>application/problem+json</code> (RFC 9457): its <code>type</code> is the address of one of these, and <code>errors</code> has each field that is wrong with the reason.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Problems"><table>
<thead><tr><th scope="col">Status</th><th scope="col">Kind</th><th scope="col">Meaning</th></tr></thead>
<tbody>${Object.entries(problemKinds).map(
    ([kind, { status, title }]) =>
      html`<tr id="problem-${kind}"><td>${status}</td><th scope="row"><code>${kind}</code></th><td>${title}.</td></tr>`,
  )}</tbody></table></div></section>`
}
