import type { Progress } from '../../site-file/load-sites.ts'

const BAR_MAX = 30

/** One line: stage, bar, percent and rows; at most `width` columns. Pure. */
export function progressBar({ stage, share, rows }: Progress, width: number): string {
  const percent = `${Math.floor(Math.min(1, share) * 100)}%`.padStart(4)
  const count = `${rows.toLocaleString('en')} sites`
  const room = Math.min(BAR_MAX, width - stage.length - percent.length - count.length - 4)
  if (room < 1) return `${stage} ${percent}`.slice(0, width)
  const filled = Math.floor(Math.min(1, share) * room)
  return `${stage} ${'█'.repeat(filled)}${'░'.repeat(room - filled)} ${percent} ${count}`
}
