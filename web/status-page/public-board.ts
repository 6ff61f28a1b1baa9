import { LiveStreams, liveEvent } from '../live-streams.ts'
import type { WebContext } from '../web-context.ts'
import { type PublicAnswers, publicAnswers } from './public-answers.ts'
import { StatusBoard } from './status-board.ts'
import { type StatusReader, statusReader } from './status-reader.ts'

/** What all public routes share. */
export type PublicBoard = {
  readonly board: StatusBoard<PublicAnswers>
  readonly reader: StatusReader
  readonly streams: LiveStreams
}

/** The event that pages listen to: there is another board than the one with this version. */
export const newsEvent = (version: string) => liveEvent('news', version)

export function publicBoard(web: WebContext): PublicBoard {
  const { db, changes, nowMs, log, pages, assets } = web
  const streams = new LiveStreams()
  const reader = statusReader(db, pages.title, nowMs)
  const board = new StatusBoard<PublicAnswers>({
    read: () => reader.readFacts(),
    make: (facts, version) => publicAnswers(facts, version, { assets, publicUrl: pages.publicUrl }),
    changes,
    onNew: ({ version }) => streams.send(newsEvent(version)),
    isWatched: () => streams.count > 0,
    nowMs,
    log,
  })
  changes.subscribe(
    () => undefined,
    () => streams.end(),
  )
  return { board, reader, streams }
}
