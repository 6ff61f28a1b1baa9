import { parseExactJson } from '#shared/domain/exact-json.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Observation } from './prober.ts'

/** What rules are held against. The body is read and parsed once, however many rules look into it. */
export type Evidence = {
  readonly observation: Observation
  /** When the probe began: how long a certificate is still valid is counted from here. */
  readonly nowMs: number
  text(): BodyText | Unseen
  document(): Document | Unseen
}

/** Why a site is down. */
export type Problem = { readonly failure: Failure; readonly message: string }

/** `not_reached`: the probe did not get that far. */
export type Unseen =
  | ({ readonly outcome: 'problem' } & Problem)
  | { readonly outcome: 'not_reached' }

export type BodyText = {
  readonly outcome: 'seen'
  readonly text: string
  readonly extent: 'whole' | 'beginning'
}

export type Document = { readonly outcome: 'seen'; readonly json: unknown }

export function evidenceOf(observation: Observation, nowMs: number): Evidence {
  let document: Document | Unseen | null = null
  const text = () => bodyText(observation)
  return {
    observation,
    nowMs,
    text,
    document() {
      document ??= parsed(text())
      return document
    },
  }
}

function bodyText(observation: Observation): BodyText | Unseen {
  if (observation.outcome !== 'answered') return { outcome: 'not_reached' }
  const { body } = observation
  switch (body.kind) {
    case 'unread':
      throw new Error('a body rule needs a probe that reads the body')
    case 'unreadable':
      return problem('body', `the body cannot be read: ${body.reason}`)
    default:
      return { outcome: 'seen', text: body.text, extent: body.kind }
  }
}

function parsed(text: BodyText | Unseen): Document | Unseen {
  if (text.outcome !== 'seen') return text
  if (text.extent === 'beginning') {
    return problem('too_large', 'the body is larger than 1 MiB, too large for JSON')
  }
  try {
    return { outcome: 'seen', json: parseExactJson(text.text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const reason = text.text.trim() === '' ? 'it is empty' : error.message
    return problem('body', `the body is not JSON: ${reason}`)
  }
}

export function problem(
  failure: Failure,
  message: string,
): Extract<Unseen, { outcome: 'problem' }> {
  return { outcome: 'problem', failure, message }
}
