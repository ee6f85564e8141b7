/** A change that a writer asks for. Its value and its event time are its own: no other change has them. */
export interface Change {
  kind: 'put' | 'softDelete' | 'hardDelete' | 'update'
  identifier: string
  value: string
  /** Absent in an update that leaves the event time as it is. */
  time?: EventTime
}

/** Microseconds since the epoch, and the text that they are sent as. */
export interface EventTime {
  micros: bigint
  text: string
}

/** What the online store holds for an identifier; nothing for one that was never written or removed. */
export type Held = { isDeleted: true; time: EventTime } | Live | undefined

export interface Live {
  isDeleted: false
  time: EventTime
  value: string
  /** A feature that puts write and updates leave. */
  kept: string
}

/** A row of the history. A deletion has no values. */
export interface Row {
  identifier: string
  timeText: string
  value?: string
  kept?: string
}

export interface Effect {
  status: 200 | 400 | 404 | 409
  held: Held
  /** Absent when the change is refused. */
  row?: Row
}

/** What a change must do to a record, by the table of when a write wins. */
export function effectOf(change: Change, held: Held): Effect {
  const { identifier, value, time } = change
  if (change.kind === 'update') return updateOf(change, held)
  if (time === undefined) throw new Error(`a ${change.kind} needs a time`)
  if (change.kind === 'put') {
    const isApplied = held === undefined || held.time.micros < time.micros
    const row = { identifier, timeText: time.text, value, kept: value }
    return { status: 200, held: isApplied ? { isDeleted: false, time, value, kept: value } : held, row }
  }
  const row = { identifier, timeText: time.text }
  const isLater = held === undefined || held.time.micros < time.micros
  if (change.kind === 'softDelete') return { status: 200, held: isLater ? { isDeleted: true, time } : held, row }
  return isLater ? { status: 200, held: undefined, row } : { status: 400, held }
}

function updateOf({ identifier, value, time }: Change, held: Held): Effect {
  if (held === undefined || held.isDeleted) return { status: 404, held }
  if (time !== undefined && time.micros < held.time.micros) return { status: 409, held }
  const after = { ...held, value, time: time ?? held.time }
  return { status: 200, held: after, row: { identifier, timeText: after.time.text, value, kept: held.kept } }
}

/** What tells a row from every other one: the value of a version, the time of a deletion. */
export function keyOf({ identifier, timeText, value }: Row): string {
  return value === undefined ? `deletion ${identifier} ${timeText}` : `version ${value}`
}
