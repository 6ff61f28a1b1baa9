import type { JsonSchema } from './parameter.ts'

/** A schema in a few words: what may stand there, its bounds, its default. Pure. */
export function schemaWords(schema: JsonSchema): string {
  const { default: standard } = schema
  const words = [what(schema), bounds(schema)].filter((word) => word !== '').join(', ')
  return standard === undefined ? words : `${words}; default ${JSON.stringify(standard)}`
}

function what(schema: JsonSchema): string {
  const { $ref: reference, enum: options, type, oneOf, format } = schema
  if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1)
  if (Array.isArray(options)) return options.map((one) => one ?? 'null').join(', ')
  if (Array.isArray(oneOf)) return oneOf.map(what).join(' or ')
  const named = [type]
    .flat()
    .map((one) => (one === 'string' && format ? String(format) : String(one)))
  return named.join(' or ')
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, maxLength, maxItems } = schema
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (exclusiveMinimum !== undefined) return `between ${exclusiveMinimum} and ${exclusiveMaximum}`
  if (maxLength !== undefined) return `at most ${maxLength} characters`
  return maxItems === undefined ? '' : `at most ${maxItems}`
}
