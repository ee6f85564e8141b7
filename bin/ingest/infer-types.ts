import type { FeatureType } from '@aws-sdk/client-sagemaker'
import type { Cell, Row } from '../../local/ingest/row.ts'

/** SageMaker's limit of feature definitions in a group. */
const MAX_COLUMNS = 2_500

const WHOLE = /^-?(0|[1-9]\d*)$/
const DECIMAL = /^-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const SAFE_DIGITS = 15
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/
const FINE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.(\d{3}){2,3}Z$/
const MAX_EPOCH_SECONDS = 253_402_300_799

/** What all values of a column have in common. */
export interface Column {
  name: string
  isList: boolean
  /** Undefined while the column has no value. */
  type: FeatureType | undefined
  /** As `type`, but by the text alone: a JSON string of digits is a number here. */
  textType: FeatureType | undefined
  /** The first value that is not empty, and its line. */
  example: string
  line: number
  /** True when a value is an event time: ISO 8601 to the second or millisecond in UTC, or seconds since 1970. */
  hasIsoTime: boolean
  hasEpochTime: boolean
  /** True when a value is a time to the micro- or nanosecond. */
  hasFineTime: boolean
}

const NO_VALUES = {
  type: undefined,
  textType: undefined,
  example: '',
  line: 0,
  hasIsoTime: false,
  hasEpochTime: false,
  hasFineTime: false,
}

/** Collects what rows say about the types of their columns, in memory that does not grow with the rows. */
export function columnTypes() {
  const columns = new Map<string, Column>()

  function addCell(cell: Cell, line: number): void {
    const isList = typeof cell.value !== 'string'
    const column = columns.get(cell.name) ?? addColumn(cell.name, isList)
    if (column.isList !== isList) {
      throw new Error(`'${cell.name}' is a list on some lines and a single value on others, as on line ${line}`)
    }
    for (const text of typeof cell.value === 'string' ? [cell.value] : cell.value) {
      addText(column, text, { line, isText: cell.isText })
    }
  }

  function addColumn(name: string, isList: boolean): Column {
    if (columns.size === MAX_COLUMNS) throw new Error(`the rows have more than ${MAX_COLUMNS} different features`)
    const column = { ...NO_VALUES, name, isList }
    columns.set(name, column)
    return column
  }

  return {
    /** Columns that must be there in this order even if no row has a value for them. */
    expect(names: string[]): void {
      for (const name of names) addColumn(name, false)
    },
    /** Takes a row into account; a row that could not be read says nothing. Throws when it contradicts others. */
    add({ cells = [], line }: Row): void {
      for (const cell of cells) addCell(cell, line)
    },
    columns,
  }
}

function addText(column: Column, text: string, { line, isText }: { line: number; isText: boolean }): void {
  const type = textType(text)
  column.textType = widest(column.textType, type)
  column.type = widest(column.type, isText ? 'String' : type)
  column.hasIsoTime ||= ISO_TIME.test(text)
  column.hasFineTime ||= FINE_TIME.test(text)
  column.hasEpochTime ||= type !== 'String' && Math.abs(Number(text)) <= MAX_EPOCH_SECONDS
  if (column.example !== '') return
  column.example = text
  column.line = line
}

/**
 * The type that keeps a value's text meaningful: Integral for a whole number of 64 bits, Fractional for a decimal number,
 * else String. Leading zeros and plus signs make codes, not numbers: 01234, +49. So do whole numbers over 64 bits.
 */
export function textType(text: string): FeatureType {
  if (WHOLE.test(text)) return text.length <= SAFE_DIGITS || fits64Bits(text) ? 'Integral' : 'String'
  return DECIMAL.test(text) && Number.isFinite(Number(text)) ? 'Fractional' : 'String'
}

const WIDTH: Record<FeatureType, number> = { Integral: 0, Fractional: 1, String: 2 }

/** True when values of type `narrow` are also values of type `wide`. */
export function isWithin(narrow: FeatureType, wide: FeatureType): boolean {
  return WIDTH[narrow] <= WIDTH[wide]
}

function widest(known: FeatureType | undefined, found: FeatureType): FeatureType {
  return known === undefined || isWithin(known, found) ? found : known
}

function fits64Bits(text: string): boolean {
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}
