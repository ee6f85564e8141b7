import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { openInput } from '../open-input.ts'
import type { Row } from '../row.ts'
import type { Piece } from './piece.ts'
import { firstPlace, isPlaceIn, type Place } from './place.ts'
import type { FollowOptions } from './tail-file.ts'

const ROWS_PER_PIECE = 20_000

/**
 * The rows of a file that does not grow, Parquet or compressed, once; how many of them are written is its place. One
 * that cannot be read is told of as a refused row, and left alone until it is another file.
 */
export async function* readWhole(file: FileHandle, path: string, options: FollowOptions): AsyncGenerator<Piece> {
  const { checkpoint, format, signal } = options
  const name = basename(path)
  const { size } = await file.stat()
  const known = checkpoint.places.get(name)
  // The place of a file that is done is its size.
  const isKnown = known !== undefined && [0, size].includes(known.byte) && (await isPlaceIn(file, known))
  const place = isKnown ? known : await firstPlace(file)
  if (isKnown && place.byte === size) return
  let read = place.line - 1
  const save = async (change: Partial<Place>) => {
    checkpoint.places.set(name, { ...place, line: read + 1, ...change })
    await checkpoint.save()
  }
  try {
    const input = await openInput(path, format, signal)
    try {
      for await (const rows of chunksOf(input.rows(options), read)) {
        yield { name, rows }
        read += rows.length
        if (signal.aborted) return await save({})
        await save({})
      }
    } finally {
      await input.close()
    }
  } catch (error) {
    yield { name, rows: [{ line: read + 1, end: size, reason: (error as Error).message, json: () => 'null' }] }
  }
  await save({ byte: size })
}

/** Rows past the first `skipped`, some at a time. */
async function* chunksOf(rows: AsyncIterable<Row>, skipped: number): AsyncGenerator<Row[]> {
  let chunk: Row[] = []
  let index = 0
  for await (const row of rows) {
    if (index++ < skipped) continue
    chunk.push(row)
    if (chunk.length < ROWS_PER_PIECE) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
