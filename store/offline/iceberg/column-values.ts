import type { Encoding, Statistics } from 'hyparquet'
import type { Cell } from './columns.ts'
import type { GatheredCells } from './gathered-cells.ts'
import { doubleValues, longValues } from './number-values.ts'
import { textValues } from './text-values.ts'
import { Zeros } from './zeros.ts'

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
  if (gathered.kind === 'any') return anyValues(gathered.cells, count)
  if (gathered.kind === 'text') return textValues(gathered, count)
  return gathered.kind === 'long' ? longValues(gathered, count) : doubleValues(gathered, count)
}

function anyValues(cells: Cell[], count: number): ColumnValues {
  const data = new Array<Cell>(count).fill(null)
  const zeros = new Zeros()
  for (const [row, cell] of cells.entries()) {
    data[row] = cell
    if (!Array.isArray(cell)) continue
    for (const element of cell) if (element === 0) zeros.add(element)
  }
  return { data, ...zeros.encoding }
}
