import { dynamodbCatalog } from '../../store/catalog/dynamodb.ts'
import { glueTables } from '../../store/catalog/glue-table.ts'
import { settlingCatalog } from '../../store/catalog/settling.ts'
import { readEnvironment } from '../../store/environment.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import type { ControlStores } from '../../store/stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { glueClient } from '../glue-client.ts'
import { groupMaxAgeMs } from '../group-stores.ts'
import { sqsClient } from '../sqs-client.ts'

/** What the control plane works on, by its environment. It always sees groups as they are now. */
export function controlStores(): ControlStores {
  const env = readEnvironment('ACCOUNT', 'CATALOG_TABLE', 'JOBS_URL', 'SHARD_COUNT')
  const {
    DATABASE: database,
    WAREHOUSE: location,
    OPTIMIZER_ROLE: optimizerRole,
  } = readEnvironment('DATABASE', 'WAREHOUSE', 'OPTIMIZER_ROLE')
  const now = Date.now
  const account = env.ACCOUNT
  const catalog = settlingCatalog(dynamodbCatalog(dynamodbClient(), env.CATALOG_TABLE), { maxAgeMs: groupMaxAgeMs() })
  return {
    catalog,
    jobs: sqsJobQueue(sqsClient(), env.JOBS_URL),
    tables: glueTables(glueClient(), { warehouse: { database, location }, account, optimizerRole, catalog, now }),
    account,
    region: env.AWS_REGION,
    shardCount: Number(env.SHARD_COUNT),
    now,
  }
}
