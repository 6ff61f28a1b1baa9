import { ref } from './answer-schemas.ts'
import { type Operation, operation } from './operation.ts'

/** What the API tells of Uptick itself. The document and its page are made of all operations, and stand beside them. */
export const serviceOperations: readonly Operation[] = [
  operation({
    name: 'readHealth',
    method: 'GET',
    path: '/health',
    scope: 'anyone',
    group: 'Service',
    summary: 'tells whether sites are really being watched',
    description:
      'Of the whole pipeline, not of this process: the database answers, slots become jobs, and results arrive. Looked at once a second at most.',
    query: {},
    answers: [
      { status: 200, description: 'All of it works.', schema: ref('Health') },
      { status: 503, description: 'A part of it does not.', schema: ref('Health') },
    ],
    problems: [],
    example: '/health',
    async handle({ health }) {
      const { hasDatabase, isScheduling, isRecording } = await health.read()
      const isHealthy = hasDatabase && isScheduling && isRecording
      const body = {
        healthy: isHealthy,
        database: hasDatabase,
        scheduling: isScheduling,
        recording: isRecording,
      }
      return { status: isHealthy ? 200 : 503, body }
    },
  }),
]
