import type { Encoding, Statistics } from 'hyparquet'
import type { Cell } from './columns.ts'
import type { GatheredCells } from './gathered-cells.ts'
import { doubleValues, longValues } from './number-values.ts'
import { textValues } from './text-values.ts'

/** The values of a column in a row group, as the Parquet writer takes them. */
export interface ColumnValues {
  data: (Cell | Uint8Array)[]
  encoding?: Encoding
  /** What the writer finds out itself when it is not told, at a third of the time of writing. */
  statistics?: ColumnStatistics
}

/** What Parquet knows of values: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export interface ColumnStatistics extends Statistics {
  nan_count?: bigint
}

/** The values of rows up to `count`, made anew with each call; null for a row that has none. */
export function columnValues(gathered: GatheredCells, count: number): ColumnValues {
  if (gathered.kind === 'any') return { data: padded(gathered.cells, count) }
  if (gathered.kind === 'text') return textValues(gathered, count)
  return gathered.kind === 'long' ? longValues(gathered, count) : doubleValues(gathered, count)
}

function padded(cells: Cell[], count: number): Cell[] {
  const all = cells.slice()
  while (all.length < count) all.push(null)
  return all
}
