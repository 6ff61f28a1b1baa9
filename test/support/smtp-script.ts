/** What a scripted server does instead of taking a mail; each answer is used up once. */
export type SmtpAnswer =
  | 'accept'
  /** Takes the connection and says nothing. */
  | 'no_greeting'
  /** Breaks the connection instead of greeting. */
  | 'hang_up'
  /** Reads the whole mail, then breaks the connection: the sender cannot know whether it was taken. */
  | 'drop_after_data'
  | { readonly code: number; readonly to: SmtpCommand; readonly text?: string }

export type SmtpCommand = 'MAIL FROM' | 'RCPT TO' | 'DATA'

type Refusal = Exclude<SmtpAnswer, string>

/** How a mail server answers next: what is listed, in order, and then its standing answer. */
export class SmtpScript {
  readonly #listed: SmtpAnswer[] = []
  /** By the client's port. */
  readonly #ofMessage = new Map<number, SmtpAnswer>()
  standing: () => SmtpAnswer = () => 'accept'

  add(answers: readonly SmtpAnswer[]): void {
    this.#listed.push(...answers)
  }

  greet(): 'greet' | 'no_greeting' | 'hang_up' {
    const answer = this.#listed[0] ?? this.standing()
    if (answer !== 'no_greeting' && answer !== 'hang_up') return 'greet'
    this.#listed.shift()
    return answer
  }

  /** A message begins: its standing answer is asked for once, since it is to one command of several. */
  begin(port: number): void {
    this.#ofMessage.set(port, this.standing())
  }

  end(port: number): void {
    this.#ofMessage.delete(port)
  }

  /** Uses up the next answer if it is one to this command. */
  refusalOf(port: number, command: SmtpCommand): Refusal | null {
    const answer = this.#listed[0] ?? this.#ofMessage.get(port)
    if (typeof answer !== 'object' || answer.to !== command) return null
    this.#listed.shift()
    return answer
  }

  /** What is done about a mail that was read whole; uses it up. */
  settle(port: number): 'accept' | 'drop_after_data' {
    const answer = this.#listed.shift() ?? this.#ofMessage.get(port)
    return answer === 'drop_after_data' ? answer : 'accept'
  }
}
