/** One version of an object in the bucket of files. */
export interface ObjectVersion {
  key: string
  etag: string
  /** @default - the bucket keeps no versions, and the ETag tells them apart */
  version?: string
  bytes: number
}

/** What became of rows: those read are written, historic or refused. */
export interface ImportCounts {
  read: number
  written: number
  /** Those of which a version at least as new stays online; they are in the history. */
  historic: number
  refused: number
}

/** A place in a file: bytes before it, and the number of the line or row, which begins with 1. */
export interface Place {
  byte: number
  line: number
}

/**
 * `split` finds the parts of a file, which are loaded at once; `load` waits for them; `report` tells what became of the
 * rows; `tidy` removes what was kept for that.
 */
export type ImportPhase = 'split' | 'load' | 'report' | 'tidy'

/** A file on its way to a feature group, as the ledger has it. Times are milliseconds since the epoch. */
export interface FileImport {
  id: string
  /** Goes up by one with each change; a change names the revision that it was made on. */
  revision: number
  object: ObjectVersion
  /** As the key of the object names it. */
  featureGroupName: string
  status: 'Processing' | 'Ingested' | 'Failed'
  phase: ImportPhase
  /** Bytes of the text that a compressed file holds, once it is decompressed. */
  unpackedBytes?: number
  /** What a CSV names its columns, once they were found to be features of the group. */
  header?: string[]
  /** How far the file is split. @default - not at all */
  splitTo?: Place
  /** How many parts there are so far. */
  parts: number
  counts: ImportCounts
  /** How many workers have begun at this very place and ended without a word. @default - none */
  starts?: number
  /** Why the file, or the rest of it, cannot be read. */
  error?: string
  startedAt: number
  updatedAt: number
  endedAt?: number
}

/** A part of a file: the rows from one place on, up to and with the one that ends at `end`. */
export interface ImportPart {
  importId: string
  index: number
  revision: number
  /** How far its rows are loaded. */
  at: Place
  /** The byte, or of Parquet the number of the row, that its last row ends with. */
  end: number
  counts: ImportCounts
  /** The names of the objects with its refused rows, in order. */
  refusals: string[]
  isDone: boolean
  /** How many workers have begun at this very place and ended without a word. @default - none */
  starts?: number
  /** Why the rest of it cannot be read. */
  error?: string
}

export const NO_ROWS: ImportCounts = { read: 0, written: 0, historic: 0, refused: 0 }

/** The counts of all parts together. */
export function sumCounts(parts: { counts: ImportCounts }[]): ImportCounts {
  return parts.reduce((sum, { counts }) => addCounts(sum, counts), NO_ROWS)
}

export function addCounts(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    read: a.read + b.read,
    written: a.written + b.written,
    historic: a.historic + b.historic,
    refused: a.refused + b.refused,
  }
}
