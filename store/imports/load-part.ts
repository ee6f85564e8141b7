import type { Row } from '../files/row.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { asFileFault, isFileFault } from './file-fault.ts'
import { addCounts, type ImportPart } from './file-import.ts'
import type { FileRows } from './file-rows.ts'
import type { ImportStores } from './import-stores.ts'
import { refusalsKey } from './object-names.ts'
import { writeRows } from './write-rows.ts'

const ROWS_AT_ONCE = 1_000
/** So that rows of many bytes need no more memory. */
const BYTES_AT_ONCE = 4 * 1024 * 1024

export interface Loading {
  group: FeatureGroup
  rows: FileRows
  header: string[] | undefined
}

/**
 * Writes rows of a part from where it is on, and how far it came into the ledger after each thousand of them, until the
 * part is done or the time is up. Answers the part as it is then; undefined when another worker has overtaken this one.
 */
export async function loadPart(
  stores: ImportStores,
  part: ImportPart,
  loading: Loading,
): Promise<ImportPart | undefined> {
  let current = part
  try {
    for await (const bit of bitsOf(stores, part, loading)) {
      current = await written(stores, current, { bit, loading })
      if (!(await stores.imports.replacePart(current))) return undefined
      if (current.isDone || !stores.hasTime()) return current
    }
  } catch (error) {
    if (!isFileFault(error)) throw error
    current = { ...current, error: error.message }
  }
  const ended = { ...current, isDone: true, revision: current.revision + 1 }
  return (await stores.imports.replacePart(ended)) ? ended : undefined
}

/** The rows of a part that are not loaded yet, some at a time. Throws an error of the API for what cannot be read. */
async function* bitsOf(
  { rowsAtOnce = ROWS_AT_ONCE }: ImportStores,
  { at, end }: ImportPart,
  { rows, header }: Loading,
): AsyncGenerator<Row[]> {
  let bit: Row[] = []
  let bytes = 0
  let from = at.byte
  try {
    for await (const row of rows.rows(at, header)) {
      if (rows.endOf(row) > end) break
      bit.push(row)
      bytes += row.end - from
      from = row.end
      if (bit.length < rowsAtOnce && bytes < BYTES_AT_ONCE && rows.endOf(row) < end) continue
      yield bit
      bit = []
      bytes = 0
    }
  } catch (error) {
    throw asFileFault(error)
  }
  if (bit.length > 0) yield bit
}

interface Bit {
  bit: Row[]
  loading: Loading
}

/** The part after a bit of its rows is written, and those that were refused are kept. */
async function written(stores: ImportStores, part: ImportPart, { bit, loading }: Bit): Promise<ImportPart> {
  const { group, rows } = loading
  const { counts, refusals } = await writeRows(stores, group, bit)
  const last = bit.at(-1)
  const next = {
    ...part,
    revision: part.revision + 1,
    starts: 0,
    counts: addCounts(part.counts, counts),
    ...(last !== undefined && { at: rows.placeAfter(last), isDone: rows.endOf(last) >= part.end }),
  }
  if (refusals.length === 0) return next
  const name = `${part.index}-${part.refusals.length}-${stores.token()}`
  await stores.objects.write(refusalsKey(part.importId, name), bytesOf(refusals))
  return { ...next, refusals: [...part.refusals, name] }
}

async function* bytesOf(texts: string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(texts.join(''))
}
