import type { Cairn } from './cairn-process.ts'
import type { Loaded } from './loaded-records.ts'

/** What every figure is measured on. */
export interface Bench {
  cairn: Cairn
  loaded: Loaded
  records: number
  /** The length of a run; a figure is the median of `runs`. */
  seconds: number
  runs: number
  /** True when ten times the records are ingested too. */
  isLong: boolean
}

/** A line of the table. Rates are per second. */
export interface Row {
  what: string
  unit: string
  measured: number
  /** The same load on a server that does nothing; absent where there is no such thing. */
  bareHttp?: number
  /** The same rows and commits in a loop around SQLite, without a server. */
  bareSqlite?: number
  target: string
  isMet: boolean
  /** What else was seen. */
  note?: string
}

export interface Figure {
  name: string
  measure(bench: Bench): Promise<Row>
}
