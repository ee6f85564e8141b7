import type { GlueClient, Table } from '@aws-sdk/client-glue'
import { ApiError } from '../api-error.ts'
import { backoff } from '../calls/backoff.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { OfflineTables } from '../offline/offline-tables.ts'
import type { Catalog } from './catalog.ts'
import { type GlueCalls, glueCalls } from './glue-calls.ts'
import {
  columnNames,
  createOptimizerParams,
  groupIdAt,
  type Placed,
  placedTable,
  placeGroup,
  type Warehouse,
} from './glue-table-params.ts'

export interface GlueTablesOptions {
  warehouse: Warehouse
  /** The account whose Glue catalog has the database. */
  account: string
  /** The ARN of the role that Glue's optimizers work with. */
  optimizerRole: string
  catalog: Pick<Catalog, 'getById'>
  /** The server's clock: milliseconds since the epoch. */
  now: () => number
  /** The base of the waits while others change a table. @default - 100 milliseconds */
  backoffMs?: number
}

/** A creation that began so long ago has ended, by success or by failure. */
const MAX_CREATION_MS = 5 * 60_000

/** Firehose commits to the table while its schema changes. */
const MAX_UPDATE_ATTEMPTS = 8

/**
 * The tables of the histories as Iceberg tables in one Glue database, with optimizers that compact them and remove old
 * snapshots and orphan files. Throws ServiceUnavailable when Glue does not answer. A creation that failed leaves no
 * table, unless Glue does not take its removal either: such a table is replaced when its name is asked for again.
 */
export function glueTables(client: GlueClient, options: GlueTablesOptions): OfflineTables {
  const { warehouse, account, optimizerRole, backoffMs = 100 } = options
  const glue = glueCalls(client)

  async function remove(group: FeatureGroup): Promise<void> {
    const table = placedTable(group)
    const found = await glue.getTable(table)
    if (found !== undefined && isAt(found, table.location)) await glue.deleteTable(table)
  }

  return {
    async create(group) {
      const placed = placeGroup(group, warehouse)
      const optimizers = createOptimizerParams(placedTable(placed), { CatalogId: account, roleArn: optimizerRole })
      try {
        if (!(await glue.createTable(placed))) await takeOver(glue, placed, options)
        for (const params of optimizers) await glue.createOptimizer(params)
      } catch (error) {
        // The error that led here is the one to tell.
        await remove(placed).catch(() => {})
        throw error
      }
      return placed
    },
    remove,
    async evolve(group) {
      const table = placedTable(group)
      for (let attempt = 0; attempt < MAX_UPDATE_ATTEMPTS; attempt++) {
        if (attempt > 0) await backoff(attempt - 1, backoffMs)
        if (hasColumns(await glue.getTable(table), group)) return
        if (await glue.updateTable(group)) return
      }
      throw new ApiError('ServiceUnavailable', `table ${table.Name} is being changed by others all the time; try again`)
    },
  }
}

/** Makes do with a table that an earlier attempt has made; replaces one of a group that did not come to be. */
async function takeOver(glue: GlueCalls, group: FeatureGroup, options: GlueTablesOptions): Promise<void> {
  const table = placedTable(group)
  const found = await glue.getTable(table)
  if (found !== undefined && isAt(found, table.location)) return
  if (found !== undefined) {
    if (!(await isAbandoned(found, options))) throw taken(table)
    await glue.deleteTable(table)
  }
  if (!(await glue.createTable(group))) throw taken(table)
}

async function isAbandoned(found: Table, { warehouse, now, catalog }: GlueTablesOptions): Promise<boolean> {
  const groupId = groupIdAt(found.StorageDescriptor?.Location, warehouse)
  const isOld = now() - Number(found.CreateTime) > MAX_CREATION_MS
  return groupId !== undefined && isOld && (await catalog.getById(groupId, { isFresh: true })) === undefined
}

function isAt(found: Table, location: string): boolean {
  return found.StorageDescriptor?.Location?.replace(/\/+$/, '') === location
}

function hasColumns(found: Table | undefined, group: FeatureGroup): boolean {
  const names = new Set(found?.StorageDescriptor?.Columns?.map(({ Name }) => Name))
  return columnNames(group).every((name) => names.has(name))
}

function taken({ DatabaseName, Name }: Placed): ApiError {
  return new ApiError('ResourceInUse', `table ${DatabaseName}.${Name} exists already, and is not that of this group`)
}
