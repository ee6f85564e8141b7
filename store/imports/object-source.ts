import type { ByteSource } from '../files/chunks.ts'
import type { ObjectName, Objects } from './objects.ts'

const FIRST_BYTES = 64 * 1024
/** A range is in memory as bytes and as text. */
const MOST_BYTES = 512 * 1024

/**
 * The bytes of an object, in ranges. Where no end is asked for they grow: whoever wants a line does not wait for much
 * more.
 */
export function objectSource(objects: Pick<Objects, 'read'>, object: ObjectName, bytes: number): ByteSource {
  return async function* (start, end) {
    const last = Math.min(end ?? bytes, bytes)
    let size = end === undefined ? FIRST_BYTES : MOST_BYTES
    for (let at = start; at < last; ) {
      const next = Math.min(at + size, last)
      yield await objects.read(object, { start: at, end: next })
      at = next
      size = Math.min(size * 4, MOST_BYTES)
    }
  }
}
