import { glueTables } from '../../store/catalog/glue-table.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import type { ControlStores } from '../../store/stores.ts'
import { glueClient } from '../glue-client.ts'
import { sqsClient } from '../sqs-client.ts'

export interface GroupPlacesOptions extends Pick<ControlStores, 'account' | 'catalog' | 'now'> {
  jobsUrl: string
  warehouse: { database: string; location: string }
  optimizerRole: string
}

/** What groups have besides their entries in the catalog: tables in Glue, and jobs in a queue. */
export function groupPlaces({ jobsUrl, ...options }: GroupPlacesOptions): Pick<ControlStores, 'jobs' | 'tables'> {
  return { jobs: sqsJobQueue(sqsClient(), jobsUrl), tables: glueTables(glueClient(), options) }
}
