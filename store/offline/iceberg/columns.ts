import { exactInteger } from '../../records/exact-number.ts'
import { isPacked, readPacked } from '../packed-features.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { type LoggedGroup, type StoredFeature, storedFeatures } from '../stored-features.ts'
import {
  AnyCells,
  type CellGatherer,
  cellsOf,
  Doubles,
  type GatheredCells,
  Longs,
  type ScalarGatherer,
  Texts,
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
 * microseconds. It is a class for what `gathered-cells.ts` says.
 */
export class ColumnGatherer {
  readonly #group: LoggedGroup
  readonly #features: FeatureColumn[]
  readonly #slots: ScalarSlot[]
  readonly #byPosition: (ScalarGatherer | undefined)[]
  readonly #own = new OwnColumns()
  readonly #columns: { field: IcebergField; gatherer: CellGatherer }[]
  #count = 0

  constructor(group: LoggedGroup) {
    const { fields } = icebergSchema(group, 0)
    this.#group = group
    this.#features = group.FeatureDefinitions.flatMap(({ FeatureName }, position) => {
      const field = fields[position]
      return field === undefined ? [] : [featureColumn(FeatureName, field)]
    })
    this.#slots = this.#features.flatMap(({ slot }) => slot ?? [])
    this.#byPosition = this.#features.map(({ slot }) => slot?.gatherer)
    this.#columns = fields.map((field, position) => {
      const gatherer = this.#features[position]?.gatherer ?? this.#own.gatherers[field.name]
      if (gatherer === undefined) throw new Error(`no row of the log has a ${field.name}`)
      return { field, gatherer }
    })
  }

  get columnCount(): number {
    return this.#columns.length
  }

  add(row: RowToCommit): void {
    if (row.features === null || !this.#readScalars(row.features)) this.#putFeatures(row)
    this.#own.put(this.#count, row)
    this.#count += 1
  }

  /** The columns of the rows so far; the gatherer takes no more. */
  gathered(): GatheredColumns {
    return {
      count: this.#count,
      columns: this.#columns.map(({ field, gatherer }) => ({ field, gathered: gatherer.gathered() })),
    }
  }

  #readScalars(text: string): boolean {
    return isPacked(text) ? readPacked(text, this.#byPosition, this.#count) : scan(text, this.#slots, this.#count)
  }

  #putFeatures(row: RowToCommit): void {
    const values = storedFeatures(this.#group, row)
    for (const { name, read, gatherer } of this.#features) gatherer.put(this.#count, toCell(values.get(name), read))
  }
}

const SCALARS: Record<string, () => ScalarGatherer> = {
  long: () => new Longs(),
  double: () => new Doubles(),
  string: () => new Texts(),
}

/** Where a feature's values go; a slot when they are scalars. */
interface FeatureColumn {
  name: string
  read: Read
  gatherer: CellGatherer
  slot?: ScalarSlot
}

function featureColumn(name: string, { type }: IcebergField): FeatureColumn {
  if (typeof type !== 'string') return { name, read: ofType(READERS, type.element), gatherer: new AnyCells() }
  const gatherer = ofType(SCALARS, type)()
  const start = `{"FeatureName":${JSON.stringify(name)},"ValueAsString":"`
  return { name, read: ofType(READERS, type), gatherer, slot: { start, gatherer } }
}

/** The columns that are not features. */
class OwnColumns {
  readonly #writeTime = new Longs()
  readonly #invocationTime = new Longs()
  readonly #eventTime = new Longs()
  readonly #sequence = new Longs()
  readonly #isDeleted = new AnyCells()
  readonly #deletionSession = new AnyCells()

  readonly gatherers: { [name: string]: CellGatherer } = {
    write_time: this.#writeTime,
    api_invocation_time: this.#invocationTime,
    is_deleted: this.#isDeleted,
    _event_time: this.#eventTime,
    _deletion_session: this.#deletionSession,
    _sequence: this.#sequence,
  }

  put(index: number, row: RowToCommit): void {
    this.#writeTime.putSafe(index, row.writeTime * 1_000)
    this.#invocationTime.putSafe(index, row.apiInvocationTime * 1_000)
    this.#isDeleted.put(index, row.isDeleted)
    this.#eventTime.put(index, row.eventTime)
    this.#deletionSession.put(index, row.deletionSession ?? null)
    this.#sequence.putSafe(index, row.sequence)
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
