import { ApiError, validationError } from '../api-error.ts'
import { openParquet, type ParquetFile, type ParquetRow } from '../files/parquet-file.ts'
import type { Row } from '../files/row.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { assertColumns, hintsOf } from './file-columns.ts'
import type { FileRows } from './file-rows.ts'
import type { ImportStores } from './import-stores.ts'
import type { ObjectName, Objects } from './objects.ts'

const PART_ROWS = 100_000
/** The ledger has an item for each part. */
const MAX_PARTS = 500

export interface ParquetContent {
  object: ObjectName
  bytes: number
}

/** The rows of Parquet, which places count by their lines. */
export function parquetRows(stores: ImportStores, group: FeatureGroup, content: ParquetContent): FileRows {
  const { objects, partRows = PART_ROWS } = stores
  let opened: Promise<ParquetFile> | undefined
  const open = () => {
    opened ??= openParquet(asyncBuffer(objects, content), hintsOf(group).numbers).catch(damaged)
    return opened
  }

  return {
    async start() {
      assertColumns(group, (await open()).columns)
      return { at: { byte: 0, line: 1 } }
    },
    async *cuts({ line }) {
      const { rowCount } = await open()
      const size = Math.max(partRows, Math.ceil(rowCount / MAX_PARTS))
      for (let done = line - 1; done < rowCount; ) {
        done = Math.min(done + size, rowCount)
        yield { end: done, next: { byte: 0, line: done + 1 } }
      }
    },
    async *rows({ line }) {
      const { rows } = await open()
      try {
        for await (const row of rows(line - 1)) yield toRow(row)
      } catch (error) {
        damaged(error)
      }
    },
    endOf: ({ line }) => line,
    placeAfter: ({ line }) => ({ byte: 0, line: line + 1 }),
  }
}

/** Throws what went wrong in S3 as it is, and anything else as a fault of the file. */
function damaged(error: unknown): never {
  if (error instanceof ApiError) throw error
  throw validationError(`the file cannot be read as Parquet: ${(error as Error).message}`)
}

function asyncBuffer({ read }: Pick<Objects, 'read'>, { object, bytes }: ParquetContent) {
  return {
    byteLength: bytes,
    async slice(start: number, end = bytes): Promise<ArrayBuffer> {
      return start < end ? Uint8Array.from(await read(object, { start, end })).buffer : new ArrayBuffer(0)
    },
  }
}

function toRow(row: ParquetRow): Row {
  const place = { line: row.number, end: 0 }
  if (row.reason !== undefined) return { ...place, reason: row.reason, json: () => 'null' }
  const { cells } = row
  return {
    ...place,
    cells,
    json: () => JSON.stringify(Object.fromEntries(cells.map(({ name, value }) => [name, value]))),
  }
}
