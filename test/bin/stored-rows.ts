import { join } from 'node:path'
import { dataPaths } from '../../local/data-directory.ts'
import { openLocalStores } from '../../local/stores.ts'
import { tableDirectory } from '../../local/table-directory.ts'
import { readTable } from '../store/offline/iceberg/read-table.ts'

/** A row of the history as the Iceberg table has it, and the features that are online of its record now. */
export interface StoredRow {
  row: { [column: string]: unknown }
  online: string | null | undefined
}

/** The feature group of a name in a data directory, with every row of its history, be it in the log or in the table. */
export async function readStored(dataDirectory: string, groupName: string) {
  const fail = (error: unknown) => {
    throw error
  }
  const where = { dataDirectory, account: '000000000000', region: 'us-east-1' }
  const local = await openLocalStores({ ...where, onError: fail, onFatal: fail })
  const group = await local.stores.catalog.get(groupName)
  if (group === undefined) throw new Error(`there is no group ${groupName}`)
  await local.history.flush()
  const rows: StoredRow[] = []
  for (const row of await readTable(join(dataPaths(dataDirectory).offlinePath, tableDirectory(group)))) {
    const identifier = String(row[group.RecordIdentifierFeatureName])
    rows.push({ row, online: (await local.stores.online.get(group.groupId, identifier, Date.now()))?.features })
  }
  await local.close()
  return { group, rows }
}
