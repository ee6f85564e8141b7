import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Position } from '../../../store/files/lines.ts'

/** How far a file has been read, and what tells it from others. */
export interface Place extends Position {
  inode: string
  /** The SHA-256 of its first bytes, as many as were there: a file that begins otherwise is another one. */
  head: string
  headBytes: number
}

const MAX_HEAD_BYTES = 4096

/** The beginning of a file. */
export async function firstPlace(file: FileHandle): Promise<Place> {
  return { inode: await inodeOf(file), byte: 0, line: 1, head: '', headBytes: 0 }
}

/** The place after more has been read, in a file that has this head. */
export function movedPlace({ inode }: Place, head: Buffer, { byte, line }: Position): Place {
  const headBytes = Math.min(byte, MAX_HEAD_BYTES)
  return { inode, byte, line, headBytes, head: hash(head.subarray(0, headBytes)) }
}

/** True when the file is the one that the place is in: neither another one nor cut off and written anew. */
export async function isPlaceIn(file: FileHandle, place: Place): Promise<boolean> {
  const { ino, size } = await file.stat({ bigint: true })
  if (String(ino) !== place.inode || size < place.byte) return false
  return (await knownHead(file, place)) !== undefined
}

/**
 * The head of the file with `bytes`, which were read at the place. Undefined when the file begins otherwise by now: then
 * it has been written anew, and nobody knows which file the bytes are of.
 */
export async function headWith(file: FileHandle, place: Place, bytes: Buffer): Promise<Buffer | undefined> {
  const known = await knownHead(file, place)
  return known && Buffer.concat([known, bytes.subarray(0, MAX_HEAD_BYTES - known.length)])
}

export async function inodeOf(file: FileHandle): Promise<string> {
  return String((await file.stat({ bigint: true })).ino)
}

/** The first bytes of the file, as many as the place knows; undefined when they are others. */
async function knownHead(file: FileHandle, { head, headBytes }: Place): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  const bytes = buffer.subarray(0, bytesRead)
  return headBytes === 0 || hash(bytes) === head ? bytes : undefined
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
