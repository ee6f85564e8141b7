import type { FileHandle } from 'node:fs/promises'
import { MAX_ROW_BYTES } from '../../../store/files/lines.ts'

const NEWLINE = 0x0a
export const SEGMENT_BYTES = 1024 * 1024

/** Whole lines of a file. */
export interface Segment {
  bytes: Buffer
  /** Bytes of the file up to its end; past `bytes` for a line that is too long, of which they are the beginning. */
  end: number
}

export interface SegmentOptions {
  start: number
  /** How much to read; a longer line is read to its end, or to the limit of a row. */
  size: number
  /** True when nothing more will be written: the last line need not end. */
  isFinal: boolean
}

/** The next lines of a file; undefined as long as there is no whole one. */
export async function readSegment(file: FileHandle, options: SegmentOptions): Promise<Segment | undefined> {
  const { start, size, isFinal } = options
  const bytes = await readUpTo(file, start, size)
  const lines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
  if (lines.length > 0) return { bytes: lines, end: start + lines.length }
  if (bytes.length < size) return isFinal && bytes.length > 0 ? { bytes, end: start + bytes.length } : undefined
  if (size <= MAX_ROW_BYTES) return await readSegment(file, { ...options, size: size * 2 })
  const end = await endOfLine(file, start + bytes.length, isFinal)
  return end === undefined ? undefined : { bytes, end }
}

async function readUpTo(file: FileHandle, start: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, start + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

async function endOfLine(file: FileHandle, from: number, isFinal: boolean): Promise<number | undefined> {
  for (let start = from; ; start += SEGMENT_BYTES) {
    const bytes = await readUpTo(file, start, SEGMENT_BYTES)
    const at = bytes.indexOf(NEWLINE)
    if (at >= 0) return start + at + 1
    if (bytes.length < SEGMENT_BYTES) return isFinal ? start + bytes.length : undefined
  }
}
