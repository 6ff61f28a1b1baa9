export type TextAfter =
  | { readonly ok: true; readonly rest: string }
  | { readonly ok: false; readonly reason: string }

/** What follows the beginning that a URL must have, `tcp://`, in whatever case it is written. */
export function textAfter(start: string, text: string): TextAfter {
  if (text.toLowerCase().startsWith(start)) return { ok: true, rest: text.slice(start.length) }
  // Only so much is shown: there may be a password further on.
  const shown = /^[^:@/]*:?/.exec(text)?.[0] ?? ''
  return { ok: false, reason: `${JSON.stringify(shown)} is not ${start}` }
}
