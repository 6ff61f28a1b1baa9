import type { Command } from '../command-end.ts'
import { makeReport } from './make-report.ts'
import { type ReportTopic, reportShape } from './report-shape.ts'
import { runReport } from './run-report.ts'

/** `uptick report TOPIC`. */
export function reportCommand(topic: ReportTopic): Command {
  return (start) => runReport(reportShape(topic), start, makeReport[topic])
}
