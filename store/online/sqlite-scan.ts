import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { ScannedPage, ScannedRecord, ScanOptions } from './online-store.ts'
import { prepareRecords, toRecord } from './sqlite-record.ts'

/** Scans groups in a SQLite database: all records of a group are in its shard 0, however many it has. */
export function sqliteScan(db: DatabaseSync) {
  const all = prepareRecords(db, 'group_id = ? AND identifier > ? ORDER BY identifier LIMIT ?')
  const ofSession = prepareRecords(db, 'group_id = ? AND session = ? AND identifier > ? ORDER BY identifier LIMIT ?')

  return (groupId: string, { shard, after = '', limit, tombstonesOf }: ScanOptions): ScannedPage => {
    if (shard > 0) return { records: [] }
    return tombstonesOf === undefined
      ? page(all, [groupId, after, limit], limit)
      : page(ofSession, [groupId, tombstonesOf, after, limit], limit)
  }
}

function page(statement: StatementSync, parameters: SQLInputValue[], limit: number): ScannedPage {
  const records: ScannedRecord[] = []
  for (const row of statement.iterate(...parameters)) records.push(toRecord(row))
  const last = records.length < limit ? undefined : records.at(-1)
  return last === undefined ? { records } : { records, next: last.identifier }
}
