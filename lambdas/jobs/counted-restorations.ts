import type { Restorations } from '../../store/catalog/restorations.ts'
import { logger } from '../logger.ts'
import { addCount } from '../metrics.ts'

/** Counts and logs each restore that ends as failed, whatever has ended it. */
export function countedRestorations(restorations: Restorations): Restorations {
  return {
    ...restorations,
    async replace(restoration) {
      const isReplaced = await restorations.replace(restoration)
      if (isReplaced && restoration.endedAt !== undefined && restoration.status === 'Failed') {
        addCount('FailedRestores', 1)
        logger.error('a restore has failed', { restoreId: restoration.id })
      }
      return isReplaced
    },
  }
}
