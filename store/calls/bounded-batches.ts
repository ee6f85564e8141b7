export interface Bounds {
  count: number
  bytes: number
}

/** The entries in order, in lists within the bounds; an entry of more bytes than that is alone in its list. */
export function boundedBatches<Entry>(
  entries: readonly Entry[],
  bytesOf: (entry: Entry) => number,
  max: Bounds,
): Entry[][] {
  const batches: Entry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = bytesOf(entry)
    const last = batches.at(-1)
    if (last === undefined || last.length === max.count || bytes + size > max.bytes) {
      batches.push([entry])
      bytes = size
    } else {
      last.push(entry)
      bytes += size
    }
  }
  return batches
}
