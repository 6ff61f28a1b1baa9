import { answerSchemas } from '../../web/api/answer-schemas.ts'
import type { JsonSchema } from '../../web/api/parameter.ts'

const schemas: Readonly<Record<string, JsonSchema>> = answerSchemas

/**
 * Where a value is not as a schema of the API says: types, words of an enumeration, and fields, which
 * must all be told and all be there. As much of JSON Schema as the API uses.
 */
export function schemaDifferences(value: unknown, schema: JsonSchema, place = '$'): string[] {
  const { $ref: reference, oneOf, enum: options, type, properties, items } = schema
  if (typeof reference === 'string') {
    return schemaDifferences(value, schemas[reference.split('/').at(-1) ?? ''] ?? {}, place)
  }
  if (Array.isArray(oneOf)) {
    const tries = oneOf.map((one) => schemaDifferences(value, one, place))
    return tries.toSorted((a, b) => a.length - b.length)[0] ?? []
  }
  if (Array.isArray(options) && !options.includes(value)) return [`${place}: ${value} is no option`]
  const types = type === undefined ? null : [type].flat()
  if (types !== null && !types.some((one) => isOf(value, String(one)))) {
    return [`${place}: ${JSON.stringify(value)} is not ${types.join(' or ')}`]
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => schemaDifferences(item, asSchema(items), `${place}[${at}]`))
  }
  if (typeof value !== 'object' || value === null || properties === undefined) return []
  const told = Object.entries(asSchema(properties))
  const missing = told
    .filter(([name]) => !(name in value))
    .map(([name]) => `${place}.${name}: missing`)
  const inner = Object.entries(value).flatMap(([name, one]) => {
    const found = told.find(([known]) => known === name)
    if (found === undefined) return [`${place}.${name}: not told`]
    return schemaDifferences(one, asSchema(found[1]), `${place}.${name}`)
  })
  return [...missing, ...inner]
}

function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
