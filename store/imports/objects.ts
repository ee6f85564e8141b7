/** An object, or one version of it. */
export interface ObjectName {
  key: string
  version?: string
  /** Without a version: what the object must still be. */
  etag?: string
}

/** Bytes from `start` on and before `end`. */
export interface ByteRange {
  start: number
  end: number
}

/** The objects of the bucket of files. Calls throw ServiceUnavailable when making them again may help. */
export interface Objects {
  /** The bytes of an object, or a range of them. Throws ResourceNotFound when it or its version is gone. */
  read(object: ObjectName, range?: ByteRange): Promise<Buffer>
  /** Writes an object, of which nothing is seen before all chunks are there; answers how many bytes it has. */
  write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<number>
  /** Removes all objects whose keys begin so. */
  removeAll(prefix: string): Promise<void>
}
