/** Ports of 127.0.0.1. */
export type SupportPorts = {
  readonly postgres: number
  readonly kafka: number
  readonly kafkaController: number
  readonly mailSmtp: number
  readonly mailHttp: number
  readonly demoTarget: number
  readonly web: number
}

export type PortName = keyof SupportPorts

/** Where each port begins to look, and the variable that settles it. */
export const portChoices: Readonly<
  Record<PortName, { readonly first: number; readonly variable: string }>
> = {
  postgres: { first: 54_320, variable: 'POSTGRES_PORT' },
  kafka: { first: 19_092, variable: 'KAFKA_PORT' },
  kafkaController: { first: 19_093, variable: 'KAFKA_CONTROLLER_PORT' },
  mailSmtp: { first: 1_025, variable: 'MAIL_SMTP_PORT' },
  mailHttp: { first: 8_025, variable: 'MAIL_HTTP_PORT' },
  demoTarget: { first: 8_099, variable: 'DEMO_TARGET_PORT' },
  web: { first: 8_070, variable: 'WEB_PORT' },
}

const names = Object.keys(portChoices) as PortName[]

/** How far a search goes beyond a busy port. */
const SEARCH_LIMIT = 100

export type PortQuestion = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What an earlier start has chosen. */
  readonly remembered: SupportPorts | null
  /** Ports that our own running processes hold: busy, and still right. */
  readonly held: ReadonlySet<number>
  readonly isFree: (port: number) => Promise<boolean>
}

/**
 * A port for each service: what the user says, else what it had, else its default or the next free one.
 * @throws when the user's port is no port or is busy.
 */
export async function choosePorts(question: PortQuestion): Promise<SupportPorts> {
  const taken = new Set<number>()
  const chosen: [PortName, number][] = []
  for (const name of names) {
    const port = await choosePort(name, question, taken)
    taken.add(port)
    chosen.push([name, port])
  }
  return Object.fromEntries(chosen) as SupportPorts
}

async function choosePort(
  name: PortName,
  question: PortQuestion,
  taken: ReadonlySet<number>,
): Promise<number> {
  const { first, variable } = portChoices[name]
  const isUsable = async (port: number) =>
    !taken.has(port) && (question.held.has(port) || (await question.isFree(port)))
  const said = question.env[variable]
  if (said) {
    const port = parsePort(variable, said)
    if (await isUsable(port)) return port
    throw new Error(`${variable}: port ${port} is in use`)
  }
  const start = question.remembered?.[name] ?? first
  for (let port = start; port < start + SEARCH_LIMIT; port++) {
    if (await isUsable(port)) return port
  }
  throw new Error(`no free port from ${start} to ${start + SEARCH_LIMIT - 1}: set ${variable}`)
}

/** @throws when the text of this variable is no port. */
export function parsePort(variable: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new Error(`${variable}: ${JSON.stringify(text)} is no port (1 to 65535)`)
}
