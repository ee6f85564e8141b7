import { dynamodbCatalog } from '../../store/catalog/dynamodb.ts'
import { settlingCatalog } from '../../store/catalog/settling.ts'
import { readEnvironment } from '../../store/environment.ts'
import type { ControlStores } from '../../store/stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { groupMaxAgeMs } from '../group-stores.ts'
import { loadOnce } from '../load-once.ts'

type CatalogStores = Pick<ControlStores, 'account' | 'catalog' | 'now'>

/** What the control plane works on, by its environment. It always sees groups as they are now. */
export function controlStores(): ControlStores {
  const { ACCOUNT: account, AWS_REGION: region, ...env } = readEnvironment('ACCOUNT', 'CATALOG_TABLE', 'SHARD_COUNT')
  const catalog = settlingCatalog(dynamodbCatalog(dynamodbClient(), env.CATALOG_TABLE), { maxAgeMs: groupMaxAgeMs() })
  const stores = { account, catalog, now: Date.now }
  return { ...stores, ...latePlaces(stores), region, shardCount: Number(env.SHARD_COUNT) }
}

/** The tables and jobs of groups, loaded when a request first needs them: most of the requests read. */
function latePlaces(stores: CatalogStores): Pick<ControlStores, 'jobs' | 'tables'> {
  const {
    JOBS_URL: jobsUrl,
    DATABASE: database,
    WAREHOUSE: location,
    OPTIMIZER_ROLE: optimizerRole,
  } = readEnvironment('JOBS_URL', 'DATABASE', 'WAREHOUSE', 'OPTIMIZER_ROLE')
  const options = { ...stores, jobsUrl, warehouse: { database, location }, optimizerRole }
  const load = loadOnce(async () => (await import('./group-places.ts')).groupPlaces(options))
  return {
    jobs: { enqueue: async (job) => await (await load()).jobs.enqueue(job) },
    tables: {
      create: async (group) => await (await load()).tables.create(group),
      remove: async (group) => await (await load()).tables.remove(group),
      evolve: async (group) => await (await load()).tables.evolve(group),
    },
  }
}
