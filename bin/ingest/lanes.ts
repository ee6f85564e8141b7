/** What a lane holds: something of a record, that takes room in a request. */
export interface Item {
  identifier: string
  /** About the characters that it adds to a request. */
  size: number
}

export interface LanesOptions<T extends Item> {
  /** How many batches may be under way at the same time. */
  count: number
  /** How many items a batch has at most. */
  maxItems: number
  /** Sends a batch. It must not reject. */
  send: (batch: T[]) => Promise<void>
}

/** Keeps requests far below the 6 MB that a Lambda takes, whatever escaping adds. */
const MAX_SIZE = 1_000_000
/** One is made while another is under way: more would only take memory. */
const MAX_WAITING_BATCHES = 1

interface Lane<T> {
  batch: T[]
  size: number
  /** Batches that have not been sent, oldest first. */
  waiting: Promise<void>[]
  last: Promise<void>
}

/**
 * Makes batches of items and sends many at the same time, but those of one record always one after the other: each
 * identifier has its lane, and a lane sends its batches in order.
 */
export function makeLanes<T extends Item>({ count, maxItems, send }: LanesOptions<T>) {
  const lanes = Array.from({ length: count }, (): Lane<T> => {
    return { batch: [], size: 0, waiting: [], last: Promise.resolve() }
  })

  function laneOf(identifier: string): Lane<T> {
    const lane = lanes[hash(identifier) % count]
    if (lane === undefined) throw new RangeError(`there are ${count} lanes`)
    return lane
  }

  function dispatch(lane: Lane<T>): void {
    const { batch } = lane
    if (batch.length === 0) return
    lane.last = lane.last.then(() => send(batch))
    lane.waiting.push(lane.last)
    lane.batch = []
    lane.size = 0
  }

  async function makeRoom(lane: Lane<T>): Promise<void> {
    while (lane.waiting.length > MAX_WAITING_BATCHES) await lane.waiting.shift()
  }

  return {
    /** Takes an item; resolves when there is room for the next one, and is undefined when there is already. */
    add(item: T): Promise<void> | undefined {
      const lane = laneOf(item.identifier)
      if (lane.batch.length === maxItems || lane.size + item.size > MAX_SIZE) dispatch(lane)
      lane.batch.push(item)
      lane.size += item.size
      return lane.waiting.length > MAX_WAITING_BATCHES ? makeRoom(lane) : undefined
    },
    /** Resolves when all items so far have been sent. */
    async flush(): Promise<void> {
      for (const lane of lanes) dispatch(lane)
      await Promise.all(lanes.map((lane) => lane.last))
    },
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
