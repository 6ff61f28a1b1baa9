/** A decimal number, exactly: `0.<digits>` times 10 to the `magnitude`. Zero has no digits. */
export type Decimal = {
  readonly sign: 1 | -1
  /** Without zeros at either end. */
  readonly digits: string
  readonly magnitude: number
}

const TEXT_MAX = 1_000
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/

/**
 * Reads a number as JSON writes it, of any length and size: `-1.50`, `12345678901234567890`, `1e400`.
 * Null: it is none. Neither is `007`, which is an identifier, nor `+1`, `.5`, `0x1`, or a number
 * with spaces around it.
 */
export function parseDecimal(text: string): Decimal | null {
  const parts = text.length > TEXT_MAX ? null : DECIMAL.exec(text)
  if (parts === null) return null
  const [, minus, whole = '', fraction = '', exponent = '0'] = parts
  const written = whole + fraction
  const fromFirst = written.replace(/^0+/, '')
  const digits = fromFirst.replace(/0+$/, '')
  if (digits === '') return { sign: 1, digits, magnitude: 0 }
  const leadingZeros = written.length - fromFirst.length
  const magnitude = whole.length - leadingZeros + Number(exponent)
  return { sign: minus === '-' ? -1 : 1, digits, magnitude }
}

/** Below 0: the first is less. 0: they are equal. Above 0: it is greater. */
export function compareDecimals(first: Decimal, second: Decimal): number {
  const [one, other] = [signOf(first), signOf(second)]
  if (one !== other) return one - other
  return one < 0 ? compareSizes(second, first) : compareSizes(first, second)
}

function signOf({ digits, sign }: Decimal): number {
  return digits === '' ? 0 : sign
}

function compareSizes(first: Decimal, second: Decimal): number {
  if (first.magnitude !== second.magnitude) return first.magnitude - second.magnitude
  if (first.digits === second.digits) return 0
  return first.digits < second.digits ? -1 : 1
}
