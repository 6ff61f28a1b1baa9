import { documentOperations } from './document-operations.ts'
import type { Operation } from './operation.ts'
import { outageOperations } from './outage-operations.ts'
import { resultOperations } from './result-operations.ts'
import { serviceOperations } from './service-operations.ts'
import { siteActionOperations } from './site-action-operations.ts'
import { siteChangeOperations } from './site-change-operations.ts'
import { siteOperations } from './site-operations.ts'
import { uptimeOperations } from './uptime-operations.ts'

const described: readonly Operation[] = [
  ...siteOperations,
  ...siteChangeOperations,
  ...siteActionOperations,
  ...resultOperations,
  ...outageOperations,
  ...uptimeOperations,
  ...serviceOperations,
]

/** All that the API does. */
export const operations: readonly Operation[] = [...described, ...documentOperations(described)]
