/** Reading forms of a few fields. What the form says wrong is collected, as with files. Pure. */
export type FormProblem = { readonly field: string; readonly reason: string }

/** A text without what a browser does to the breaks of lines, nor blanks at its ends; absent: empty. */
export function textOf(form: FormData, name: string): string {
  const text = form.get(name)
  return typeof text === 'string' ? text.replaceAll('\r\n', '\n').trim() : ''
}

export class FormReader {
  readonly problems: FormProblem[] = []
  readonly #form: FormData

  constructor(form: FormData) {
    this.#form = form
  }

  text(name: string, { max }: { readonly max: number }): string {
    const text = textOf(this.#form, name)
    if (text === '') return this.refuse(name, 'is missing', '')
    if (text.includes('\u0000') || !text.isWellFormed())
      return this.refuse(name, 'must be plain Unicode without NUL', '')
    return text.length <= max
      ? text
      : this.refuse(name, `must be at most ${max} characters, it has ${text.length}`, '')
  }

  oneOf<const Option extends string>(name: string, options: readonly Option[], fallback: Option) {
    const text = textOf(this.#form, name)
    if (text === '') return fallback
    const known = options.find((option) => option === text)
    return known ?? this.refuse(name, `must be one of ${options.join(', ')}`, fallback)
  }

  whole(name: string, { min, max }: { readonly min: number; readonly max: number }): number {
    return this.#wholeOf(name, textOf(this.#form, name), { min, max }) ?? min
  }

  /** Whole numbers separated by commas or blanks; also from boxes of one name. */
  wholes(name: string, range: { readonly min: number; readonly max: number }): readonly number[] {
    const texts = this.#form.getAll(name).filter((text) => typeof text === 'string')
    const items = texts
      .join(' ')
      .split(/[,\s]+/)
      .filter((item) => item !== '')
    return items.map((item) => this.#wholeOf(name, item, range)).filter((number) => number !== null)
  }

  /** One item a line, at most `max` characters each. */
  lines(name: string, { max }: { readonly max: number }): readonly string[] {
    const lines = textOf(this.#form, name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    if (lines.some((line) => line.length > max || line.includes('\u0000') || !line.isWellFormed()))
      return this.refuse(name, `must be at most ${max} plain characters a line`, [])
    return lines
  }

  isTicked(name: string): boolean {
    return this.#form.get(name) === 'true'
  }

  refuse<T>(field: string, reason: string, standIn: T): T {
    this.problems.push({ field, reason })
    return standIn
  }

  #wholeOf(name: string, text: string, { min, max }: { min: number; max: number }): number | null {
    const number = Number(text)
    if (/^\d{1,15}$/.test(text) && number >= min && number <= max) return number
    const shown = text === '' ? 'it' : JSON.stringify(text.slice(0, 40))
    return this.refuse(name, `${shown} must be a whole number from ${min} to ${max}`, null)
  }
}
