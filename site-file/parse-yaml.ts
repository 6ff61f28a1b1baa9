import { isNode, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { type Document, refuseDocument } from './document.ts'

/** References to one anchor may multiply: a few lines could stand for more than memory holds. */
const ALIASES_MAX = 100

/**
 * Reads one YAML 1.2 document by its core schema: `yes` and `on` are texts, tags of other schemas
 * and duplicate keys are errors, and nothing in it is ever run.
 */
export function parseYaml(text: string): Document {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    schema: 'core',
    version: '1.2',
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
  })
  const faults: readonly YAMLError[] = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    return refuseDocument(
      faults.map((fault) => ({
        line: lines.linePos(fault.pos[0]).line,
        reason: reasonOf(fault, text),
      })),
    )
  }
  try {
    return {
      ok: true,
      value: document.toJS({ maxAliasCount: ALIASES_MAX }),
      lineOf(path) {
        const node = path.length === 0 ? document.contents : document.getIn(path, true)
        return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1
      },
    }
  } catch (error) {
    // The one thing that the library throws here, and by this type.
    if (!(error instanceof ReferenceError)) throw error
    return refuseDocument([{ line: 1, reason: `more than ${ALIASES_MAX} aliases` }])
  }
}

/** A rule such as `[STATUS] == 200` looks to YAML like a list and then something else. */
function reasonOf({ message, pos }: YAMLError, text: string): string {
  const isBehindBracket = /[\]}]\s*$/.test(text.slice(0, pos[0]))
  return isBehindBracket ? `${message}: a text that begins with a bracket needs quotes` : message
}
