import { exactInteger } from '../../records/exact-number.ts'
import { isPacked, readPacked } from '../packed-features.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { type LoggedGroup, type StoredFeature, storedFeatures } from '../stored-features.ts'
import {
  anyCells,
  type CellGatherer,
  cellsOf,
  doubles,
  type GatheredCells,
  longs,
  type ScalarGatherer,
  texts,
} from './gathered-cells.ts'
import { type IcebergField, type IcebergPrimitive, icebergSchema } from './schema.ts'
import type { ColumnValue } from './single-value.ts'

export type Cell = ColumnValue | (ColumnValue | null)[] | null

/** A column of a data file: its field and a cell for each row. */
export interface Column {
  field: IcebergField
  cells: Cell[]
}

/** Columns of `count` rows: plain data, which costs little to give to another thread. */
export interface GatheredColumns {
  count: number
  columns: { field: IcebergField; gathered: GatheredCells }[]
}

/** The columns, whose cells are made each time that they are asked for, and kept by no one else. */
export function toColumns({ count, columns }: GatheredColumns): Column[] {
  return columns.map(({ field, gathered }) => ({
    field,
    get cells() {
      return cellsOf(gathered, count)
    },
  }))
}

/**
 * Gathers rows of a group's log as the columns of its table, in the order of the schema. Integers are exact, times are
 * microseconds.
 */
export function columnGatherer(group: LoggedGroup) {
  const { fields } = icebergSchema(group, 0)
  const own = ownColumns()
  const features = group.FeatureDefinitions.flatMap(({ FeatureName }, position) => {
    const field = fields[position]
    return field === undefined ? [] : [featureColumn(FeatureName, field)]
  })
  const slots = features.flatMap(({ slot }) => slot ?? [])
  const byPosition = features.map(({ slot }) => slot?.gatherer)
  const columns = fields.map((field, position) => {
    const gatherer = features[position]?.gatherer ?? own.gatherers[field.name]
    if (gatherer === undefined) throw new Error(`no row of the log has a ${field.name}`)
    return { field, gatherer }
  })
  let count = 0

  function readScalars(text: string): boolean {
    if (!isPacked(text)) return scan(text, slots, count)
    return readPacked(text, (position, packed, from, to) => {
      const gatherer = byPosition[position]
      if (gatherer === undefined) throw new Error(`a row has a value at ${position}, where no scalar feature is`)
      gatherer.read(count, packed, from, to)
    })
  }

  function putFeatures(row: RowToCommit): void {
    if (row.features !== null && readScalars(row.features)) return
    const values = storedFeatures(group, row)
    for (const { name, read, gatherer } of features) gatherer.put(count, toCell(values.get(name), read))
  }

  return {
    columnCount: columns.length,
    add(row: RowToCommit): void {
      putFeatures(row)
      own.put(count, row)
      count += 1
    },
    /** The columns of the rows so far; the gatherer takes no more. */
    gathered: (): GatheredColumns => ({
      count,
      columns: columns.map(({ field, gatherer }) => ({ field, gathered: gatherer.gathered() })),
    }),
  }
}

export type ColumnGatherer = ReturnType<typeof columnGatherer>

const SCALARS: Record<string, () => ScalarGatherer> = {
  long: longs,
  double: doubles,
  string: texts,
}

/** Where a feature's values go; a slot when they are scalars. */
function featureColumn(name: string, { type }: IcebergField) {
  if (typeof type !== 'string') return { name, read: ofType(READERS, type.element), gatherer: anyCells() }
  const gatherer = ofType(SCALARS, type)()
  const start = `{"FeatureName":${JSON.stringify(name)},"ValueAsString":"`
  return { name, read: ofType(READERS, type), gatherer, slot: { start, gatherer } }
}

/** The columns that are not features. */
function ownColumns() {
  const times = { write: longs(), invoked: longs(), event: longs(), sequence: longs() }
  const isDeleted = anyCells()
  const deletionSession = anyCells()
  const gatherers: { [name: string]: CellGatherer } = {
    write_time: times.write,
    api_invocation_time: times.invoked,
    is_deleted: isDeleted,
    _event_time: times.event,
    _deletion_session: deletionSession,
    _sequence: times.sequence,
  }
  return {
    gatherers,
    put(index: number, row: RowToCommit): void {
      times.write.putSafe(index, row.writeTime * 1_000)
      times.invoked.putSafe(index, row.apiInvocationTime * 1_000)
      isDeleted.put(index, row.isDeleted)
      times.event.put(index, row.eventTime)
      deletionSession.put(index, row.deletionSession ?? null)
      times.sequence.putSafe(index, row.sequence)
    },
  }
}

/** Where a feature's values go, and how its JSON begins when it has one. */
interface ScalarSlot {
  start: string
  gatherer: ScalarGatherer
}

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const BRACE = 125

/**
 * Reads a record as the store itself writes it: features in the order of the slots, plain scalars. It takes a fourth of
 * the time of JSON.parse, and most of a commit is reading. False, and to be parsed, for anything else.
 */
function scan(text: string, slots: ScalarSlot[], index: number): boolean {
  let at = 1
  for (const { start, gatherer } of slots) {
    const from = at + start.length
    if (text.substring(at, from) !== start) continue
    const to = endOfValue(text, from)
    if (text.charCodeAt(to) !== QUOTE || text.charCodeAt(to + 1) !== BRACE) return false
    gatherer.read(index, text, from, to)
    at = to + 2
    if (text.charCodeAt(at) === COMMA) at += 1
  }
  return at === text.length - 1
}

/** Where the quote after the value is, or an escape in it. */
function endOfValue(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE || unit === BACKSLASH) return at
  }
  return text.length
}

type Read = (text: string) => ColumnValue

const READERS: Record<string, Read> = {
  long: exactInteger,
  double: Number,
  string: (text) => text,
}

function toCell(value: StoredFeature | undefined, read: Read): Cell {
  if (value?.ValueAsString !== undefined) return read(value.ValueAsString)
  return value?.ValueAsStringList?.map(read) ?? null
}

function ofType<Entry>(entries: Record<string, Entry>, type: IcebergPrimitive): Entry {
  const entry = entries[type]
  if (entry === undefined) throw new Error(`no feature has the type ${type}`)
  return entry
}
