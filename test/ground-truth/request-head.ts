const CHECK_ID = /\r\nx-check-id:[ \t]*([\w-]{1,64})/i

/** Which site a request is for, `GET /s/17 HTTP/1.1`; 0: none of ours. */
export function siteOf(head: string): number {
  const path = head.indexOf('/')
  if (!head.startsWith('s/', path + 1)) return 0
  let number = 0
  for (let at = path + 3; ; at++) {
    const digit = head.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
  }
}

/** Letters, digits, `_` and `-` alone: it needs no quoting. */
export function checkIdOf(head: string): string | null {
  return CHECK_ID.exec(head)?.[1] ?? null
}
