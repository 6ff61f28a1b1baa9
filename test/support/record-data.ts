/** The data of DNS records as bytes, for a name server of ours to answer with. */

export function nameData(name: string): readonly number[] {
  const labels = name === '' ? [] : name.split('.')
  return [...labels.flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]), 0]
}

export function mxData(priority: number, exchange: string): readonly number[] {
  return [...shorts(priority), ...nameData(exchange)]
}

export function srvData(
  priority: number,
  weight: number,
  port: number,
  name: string,
): readonly number[] {
  return [...shorts(priority, weight, port), ...nameData(name)]
}

export function soaData(primary: string, mailbox: string, serial: number): readonly number[] {
  const numbers = Buffer.alloc(20)
  ;[serial, 7_200, 3_600, 1_209_600, 300].forEach((value, at) => {
    numbers.writeUInt32BE(value, at * 4)
  })
  return [...nameData(primary), ...nameData(mailbox), ...numbers]
}

export function txtData(...parts: readonly string[]): readonly number[] {
  return parts.flatMap((part) => {
    const bytes = Buffer.from(part)
    return [bytes.length, ...bytes]
  })
}

export function caaData(flags: number, tag: string, value: string): readonly number[] {
  return [flags, tag.length, ...Buffer.from(tag + value)]
}

function shorts(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => [value >> 8, value & 0xff])
}
