import type { Row } from '../files/row.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { formatOfName } from './file-format.ts'
import type { FileImport, Place } from './file-import.ts'
import type { ImportStores } from './import-stores.ts'
import { unpackedKey } from './object-names.ts'

/** Where a part may end: the byte or row that `Row`s end with there, and the place after it. */
export interface Cut {
  end: number
  next: Place
}

/** The rows of a file, wherever they are stored. What they throw that is no error of the API is the file's fault. */
export interface FileRows {
  /** Where the first row is. Throws ValidationError when the file is not of its format, or its columns are not of the group. */
  start(): Promise<{ at: Place; header?: string[] }>
  /** The ends of parts of at least this size: bytes of text, or rows of Parquet. The last cut is at the end of the file. */
  cuts(from: Place): AsyncIterable<Cut>
  /** The rows from a place on. */
  rows(from: Place, header: string[] | undefined): AsyncIterable<Row>
  /** Where a row ends, in the measure of cuts. */
  endOf(row: Row): number
  placeAfter(row: Row): Place
}

/**
 * The rows of the file of an import, once it is decompressed if it has to be. The reader of its format is loaded with the
 * first file of it.
 */
export async function fileRows(stores: ImportStores, group: FeatureGroup, file: FileImport): Promise<FileRows> {
  const { object, unpackedBytes, id } = file
  const { bytes } = object
  const content =
    unpackedBytes === undefined ? { object, bytes } : { object: { key: unpackedKey(id) }, bytes: unpackedBytes }
  const format = formatOfName(object.key)
  if (format === 'parquet') return (await import('./parquet-rows.ts')).parquetRows(stores, group, content)
  return (await import('./text-rows.ts')).textRows(stores, group, { ...content, format })
}
