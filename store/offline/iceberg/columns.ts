import type { FeatureGroup } from '../../feature-group.ts'
import type { LoggedRow } from '../sqlite-log.ts'
import { columnName, type IcebergField, icebergSchema } from './schema.ts'
import type { ColumnValue } from './single-value.ts'

export type Cell = ColumnValue | (ColumnValue | null)[] | null

/** A column of a data file: its field and a cell for each row. */
export interface Column {
  field: IcebergField
  cells: Cell[]
}

interface StoredFeature {
  FeatureName: string
  ValueAsString?: string
  ValueAsStringList?: string[]
}

type Read = (text: string) => ColumnValue

const READERS: Record<string, Read> = {
  long: (text) => BigInt(text.startsWith('+') ? text.slice(1) : text),
  double: Number,
  string: (text) => text,
}

/**
 * The rows of a group's log as the columns of its table, in the order of the schema. Integers are exact, times are
 * microseconds.
 */
export function toColumns(group: FeatureGroup, rows: LoggedRow[]): Column[] {
  const { fields } = icebergSchema(group, 0)
  const columns = fields.map((field): Column => ({ field, cells: new Array<Cell>(rows.length).fill(null) }))
  const features = new Map<string, { cells: Cell[]; read: Read }>()
  for (const [position, { FeatureName }] of group.FeatureDefinitions.entries()) {
    const column = columns[position]
    if (column !== undefined) features.set(FeatureName, { cells: column.cells, read: readerOf(column.field) })
  }
  const own = ownCells(columns)
  for (const [index, row] of rows.entries()) {
    for (const value of featuresOf(group, row)) {
      const feature = features.get(value.FeatureName)
      if (feature !== undefined) feature.cells[index] = toCell(value, feature.read)
    }
    own(index, row)
  }
  return columns
}

/** A marker has its identifier and its event time, and no other feature. */
function featuresOf(group: FeatureGroup, row: LoggedRow): StoredFeature[] {
  if (row.features !== null) return JSON.parse(row.features)
  return [
    { FeatureName: group.RecordIdentifierFeatureName, ValueAsString: row.identifier },
    { FeatureName: group.EventTimeFeatureName, ValueAsString: row.eventTimeText },
  ]
}

function toCell({ ValueAsString: scalar, ValueAsStringList: list }: StoredFeature, read: Read): Cell {
  return scalar === undefined ? (list?.map(read) ?? null) : read(scalar)
}

function readerOf({ type }: IcebergField): Read {
  const read = READERS[typeof type === 'string' ? type : type.element]
  if (read === undefined) throw new Error(`no feature has the type ${JSON.stringify(type)}`)
  return read
}

/** Fills the columns that are not features. */
function ownCells(columns: Column[]): (index: number, row: LoggedRow) => void {
  const cellsOf = (name: string) => columns.findLast(({ field }) => field.name === name)?.cells ?? []
  const writeTime = cellsOf('write_time')
  const apiInvocationTime = cellsOf('api_invocation_time')
  const isDeleted = cellsOf('is_deleted')
  const eventTime = cellsOf('_event_time')
  const sequence = cellsOf('_sequence')
  return (index, row) => {
    writeTime[index] = BigInt(row.writeTime) * 1000n
    apiInvocationTime[index] = BigInt(row.apiInvocationTime) * 1000n
    isDeleted[index] = row.isDeleted
    eventTime[index] = row.eventTime
    sequence[index] = BigInt(row.sequence)
  }
}

/** Names of the columns that a group's identifier and event time have. */
export function keyColumns(group: FeatureGroup): { identifier: string; eventTime: string } {
  return {
    identifier: columnName(group.RecordIdentifierFeatureName),
    eventTime: columnName(group.EventTimeFeatureName),
  }
}
