import { exactInteger } from '../../records/exact-number.ts'
import { isPacked, readPacked } from '../packed-features.ts'
import type { RowToCommit } from '../sqlite-log.ts'
import { type LoggedGroup, type StoredFeature, storedFeatures } from '../stored-features.ts'
import { AnyCells, type CellGatherer, type GatheredCells, type ScalarGatherer } from './gathered-cells.ts'
import { Doubles, Longs } from './gathered-numbers.ts'
import { Texts } from './gathered-texts.ts'
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

/** Gathers portions of rows, one after the other: columns which are those of `fields`, in their order. */
export function gatherColumns(fields: IcebergField[], portions: Column[][]): GatheredColumns {
  const columns = fields.map((field, position) => {
    const gatherer = cellGatherer(field)
    let row = 0
    for (const portion of portions) for (const cell of portion[position]?.cells ?? []) gatherer.put(row++, cell)
    return { field, gathered: gatherer.gathered() }
  })
  return { count: portions.reduce((sum, [first]) => sum + (first?.cells.length ?? 0), 0), columns }
}

/**
 * Gathers rows of a group's log as the columns of its table, in the order of the schema. Integers are exact, times are
 * microseconds. It is a class for what `gathered-cells.ts` says.
 */
export class ColumnGatherer {
  readonly #group: LoggedGroup
  readonly #features: FeatureColumn[]
  /** By their position in the definitions; collections are none. */
  readonly #scalars: (ScalarGatherer | undefined)[]
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
    this.#scalars = this.#features.map(({ scalar }) => scalar)
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
    const isRead =
      row.features !== null && isPacked(row.features) && readPacked(row.features, this.#scalars, this.#count)
    if (!isRead) this.#putFeatures(row)
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

  #putFeatures(row: RowToCommit): void {
    const values = storedFeatures(this.#group, row)
    for (const { name, read, gatherer } of this.#features) gatherer.put(this.#count, toCell(values.get(name), read))
  }
}

const SCALARS: Record<string, () => ScalarGatherer> = {
  long: () => new Longs(),
  timestamp: () => new Longs(),
  double: () => new Doubles(),
  string: () => new Texts(),
}

function cellGatherer({ type }: IcebergField): CellGatherer {
  return (typeof type === 'string' ? SCALARS[type]?.() : undefined) ?? new AnyCells()
}

/** Where a feature's values go. */
interface FeatureColumn {
  name: string
  read: Read
  gatherer: CellGatherer
  /** The same, when they are scalars. */
  scalar?: ScalarGatherer
}

function featureColumn(name: string, { type }: IcebergField): FeatureColumn {
  if (typeof type !== 'string') return { name, read: ofType(READERS, type.element), gatherer: new AnyCells() }
  const scalar = ofType(SCALARS, type)()
  return { name, read: ofType(READERS, type), gatherer: scalar, scalar }
}

/** The columns that are not features. */
class OwnColumns {
  readonly #writeTime = new Longs()
  readonly #invocationTime = new Longs()
  readonly #eventTime = new Longs()
  readonly #sequence = new Longs()
  readonly #isDeleted = new AnyCells()
  readonly #deletionSession = new Texts()

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
