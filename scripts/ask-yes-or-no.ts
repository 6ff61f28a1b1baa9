import { createInterface } from 'node:readline/promises'

/** Asks on the terminal: anything but y or yes is a no, and so is the end of the input. */
export async function askYesOrNo(question: string): Promise<'yes' | 'no'> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended])
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no'
  } finally {
    lines.close()
  }
}
