import type { ParquetFile } from './parquet-pages.ts'

/** Files that a query has left in a place, to be read and removed. */
export interface Extracts {
  /** The files below a place, which ends with a slash, in the order of their names. */
  list(place: string): Promise<ParquetFile[]>
  /** Removes the files below a place. */
  remove(place: string): Promise<void>
}
