import type { FeatureValue } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Cell } from '../../local/ingest/json-line.ts'

/** A row of a file: its cells, or the reason why it has none. */
export type Row = RowPlace & ({ cells: Cell[]; reason?: undefined } | { reason: string; cells?: undefined })

interface RowPlace {
  /** The line that it begins on; the first of a file is 1. */
  line: number
  /** Bytes of the file up to its end. */
  end: number
  /** The row as JSON text. */
  json: () => string
}

/** A row's cells as the API takes them. */
export function toRecord(cells: Cell[]): FeatureValue[] {
  return cells.map(({ name, value }) =>
    typeof value === 'string'
      ? { FeatureName: name, ValueAsString: value }
      : { FeatureName: name, ValueAsStringList: value },
  )
}
