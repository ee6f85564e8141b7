import { type AsyncBuffer, type FileMetaData, parquetMetadata } from 'hyparquet'
import { deserializeTCompactProtocol, readVarInt, readZigZag } from 'hyparquet/src/thrift.js'

/** What a Parquet file says of itself at its end. */
export interface ParquetFooter {
  /** All of it but the row groups, of which it has none. */
  metadata: FileMetaData
  rows: number
  rowGroups(): Generator<RowGroup>
}

export interface RowGroup {
  rows: number
  /** That of a file whose only row group it is, at the same place. */
  metadata(): FileMetaData
}

/** A struct of the footer, or a part of it, with what has been read of it. */
interface Reader {
  view: DataView
  offset: number
}

/** Read at once: a footer is rarely larger. */
const TAIL_BYTES = 512 * 1024
/** What follows the footer: how long it is, and the magic. */
const END_BYTES = 8
const MAGIC = 0x31524150

/** Field 4 of the struct FileMetaData. */
const ROW_GROUPS = 4
/** Field 3 of the struct RowGroup. */
const ROWS_OF_GROUP = 'field_3'
/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const [STOP, I32, I64, LIST, STRUCT] = [0, 5, 6, 9, 12]

/**
 * The footer of a Parquet file. It is kept as the bytes that it is, of which a row group is read when it is asked for: a
 * file may have thousands. Throws when the file is not Parquet or its footer is damaged.
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export async function readFooter(file: AsyncBuffer): Promise<ParquetFooter> {
  const footer = await footerBytes(file)
  try {
    return parse(footer)
  } catch (cause) {
    throw new Error(`its footer is damaged: ${(cause as Error).message}`, { cause })
  }
}

function parse(footer: Uint8Array): ParquetFooter {
  const { head, count, groupsAt } = beforeRowGroups(footer)
  const metadata = parquetMetadata(footerOf(head))

  function* rowGroups(): Generator<RowGroup> {
    const reader = { view: viewOf(footer), offset: groupsAt }
    for (let index = 0; index < count; index++) {
      const start = reader.offset
      const rows = Number(deserializeTCompactProtocol(reader)[ROWS_OF_GROUP])
      if (!(Number.isSafeInteger(rows) && rows >= 0)) throw new Error(`row group ${index + 1} has ${rows} rows`)
      const group = footer.subarray(start, reader.offset)
      yield { rows, metadata: () => parquetMetadata(footerOf(head, group)) }
    }
  }

  let rows = 0
  for (const group of rowGroups()) rows += group.rows
  if (rows !== Number(metadata.num_rows)) {
    throw new Error(`the row groups have ${rows} rows, and the file says ${metadata.num_rows}`)
  }
  return { metadata, rows, rowGroups }
}

/** The bytes of the footer alone. Throws when the file cannot have it. */
async function footerBytes(file: AsyncBuffer): Promise<Uint8Array> {
  const tail = new Uint8Array(await file.slice(Math.max(0, file.byteLength - TAIL_BYTES), file.byteLength))
  const view = viewOf(tail)
  const end = tail.length - END_BYTES
  if (end < 0 || view.getUint32(end + 4, true) !== MAGIC) throw new Error('the file does not end as Parquet does')
  const length = view.getUint32(end, true)
  const start = file.byteLength - END_BYTES - length
  if (start < 0) throw new Error(`the file is shorter than its footer of ${length} bytes`)
  if (length <= end) return tail.slice(end - length, end)
  return new Uint8Array(await file.slice(start, start + length))
}

/** The footer up to the list of row groups, how many there are, and where the first begins. */
function beforeRowGroups(footer: Uint8Array): { head: Uint8Array; count: number; groupsAt: number } {
  const reader = { view: viewOf(footer), offset: 0 }
  for (let field = 0; ; ) {
    const header = reader.view.getUint8(reader.offset++)
    const type = header & 0x0f
    if (type === STOP) throw new Error('the footer has no row groups')
    field = header >> 4 === 0 ? readZigZag(reader) : field + (header >> 4)
    if (field === ROW_GROUPS && type === LIST) {
      const head = footer.subarray(0, reader.offset)
      return { head, count: readListCount(reader), groupsAt: reader.offset }
    }
    skip(reader, type)
  }
}

/** Skips a value of a field that comes before the row groups: a number, or the list of structs that the schema is. */
function skip(reader: Reader, type: number): void {
  if (type === I32 || type === I64) readVarInt(reader)
  else if (type === LIST) {
    const count = readListCount(reader)
    for (let index = 0; index < count; index++) deserializeTCompactProtocol(reader)
  } else throw new Error(`a field before the row groups is of type ${type}`)
}

/** How many structs a list has, which begin after it. */
function readListCount(reader: Reader): number {
  const count = reader.view.getUint8(reader.offset++) >> 4
  return count === 15 ? readVarInt(reader) : count
}

/** The end of a file that has this row group, or none. */
function footerOf(head: Uint8Array, group?: Uint8Array): Uint8Array {
  const count = group === undefined ? 0 : 1
  const bytes = Buffer.concat([head, Buffer.of((count << 4) | STRUCT), ...(group ? [group] : []), Buffer.alloc(9)])
  bytes.writeUInt32LE(bytes.length - END_BYTES, bytes.length - END_BYTES)
  bytes.writeUInt32LE(MAGIC, bytes.length - 4)
  return bytes
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
