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

/** The place after more has been read. */
export async function movedPlace(file: FileHandle, place: Place, { byte, line }: Position): Promise<Place> {
  if (place.headBytes === MAX_HEAD_BYTES) return { ...place, byte, line }
  const headBytes = Math.min(byte, MAX_HEAD_BYTES)
  return { inode: place.inode, byte, line, headBytes, head: await hashHead(file, headBytes) }
}

/** True when the file is the one that the place is in: neither another one nor cut off and written anew. */
export async function isPlaceIn(file: FileHandle, place: Place): Promise<boolean> {
  const { ino, size } = await file.stat({ bigint: true })
  if (String(ino) !== place.inode || size < place.byte) return false
  return place.headBytes === 0 || (await hashHead(file, place.headBytes)) === place.head
}

export async function inodeOf(file: FileHandle): Promise<string> {
  return String((await file.stat({ bigint: true })).ino)
}

async function hashHead(file: FileHandle, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex')
}
