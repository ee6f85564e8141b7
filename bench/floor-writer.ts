import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { PASS, PASSES_PER_SNAPSHOT } from '../local/commit-pass.ts'
import type { Cell, Column } from '../store/offline/iceberg/columns.ts'
import { compressZstd, parquetSchema } from '../store/offline/iceberg/data-file.ts'
import { type IcebergField, icebergSchema } from '../store/offline/iceberg/schema.ts'
import type { LoggedRow } from '../store/offline/sqlite-log.ts'
import { loggedRow } from './logged-rows.ts'
import { GROUP_REQUEST } from './records.ts'

/** The committer makes one file of so many rows, where all are of one day. */
export const ROWS_PER_FILE = PASS.rows * PASSES_PER_SNAPSHOT

/**
 * Rows a second that `hyparquet-writer` alone writes: the columns of the history's table with their values ready in
 * memory, the table's schema and codec, files on disk and row groups of as many rows as the committer's.
 */
export function writerFloor(count: number): number {
  const portions = portionsOf(count)
  const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-floor-'))
  const started = performance.now()
  for (const [index, columns] of portions.entries()) {
    writeFile(join(directory, `${index}.parquet`), encode(columns))
  }
  const perSecond = (count * 1000) / (performance.now() - started)
  rmSync(directory, { recursive: true })
  return perSecond
}

function portionsOf(count: number): Column[][] {
  return Array.from({ length: Math.ceil(count / ROWS_PER_FILE) }, (_, portion) => {
    const first = portion * ROWS_PER_FILE
    const size = Math.min(ROWS_PER_FILE, count - first)
    const rows = Array.from({ length: size }, (_, index) => cellsByName(loggedRow({ groupId: 'floor' }, first + index)))
    return icebergSchema(GROUP_REQUEST, 0).fields.map((field) => ({
      field,
      cells: rows.map((cells) => toCell(cells[field.name], field)),
    }))
  })
}

function cellsByName(row: LoggedRow): { [column: string]: unknown } {
  const features: { FeatureName: string; ValueAsString: string }[] = JSON.parse(row.features ?? '[]')
  return {
    ...Object.fromEntries(features.map(({ FeatureName, ValueAsString }) => [FeatureName, ValueAsString])),
    write_time: row.writeTime * 1_000,
    api_invocation_time: row.apiInvocationTime * 1_000,
    is_deleted: row.isDeleted,
    _event_time: row.eventTime,
    _sequence: row.sequence,
  }
}

function toCell(value: unknown, { type }: IcebergField): Cell {
  if (value === undefined) return null
  if (type === 'long' || type === 'timestamp') return BigInt(String(value))
  if (type === 'double') return Number(value)
  // Each row has its own, as rows that are read have: JSON.parse makes one string of short ones that are equal.
  return typeof value === 'string' ? Buffer.from(value).toString() : (value as Cell)
}

function encode(columns: Column[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    schema: parquetSchema(columns.map(({ field }) => field)),
    columnData: columns.map(({ field, cells }) => ({ name: field.name, data: cells })),
    codec: 'ZSTD',
    rowGroupSize: PASS.rows,
    compressors: { ZSTD: compressZstd },
  })
  return new Uint8Array(buffer)
}

function writeFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  writeSync(file, bytes)
  fsyncSync(file)
  closeSync(file)
}
