import type { EventResult } from '../../../store/events/apply-events.ts'
import type { EventOperation } from '../../../store/events/event-schema.ts'

/** An event for a record of the group `g`; a time that is a text is no time. */
export interface Write {
  operation: EventOperation
  id: string
  time?: number | string
  x?: number
}

interface State {
  time: number
  x: number | undefined
  isDeleted: boolean
}

/** What events, applied one after the other without a fault, make of records and of their history. */
export function makeModel() {
  const states = new Map<string, State>()
  const history: string[] = []

  function add(id: string, { time, x, isDeleted }: State): void {
    history.push(`${id} ${time} ${isDeleted} ${isDeleted ? null : JSON.stringify(features(id, time, x))}`)
  }

  function put(id: string, time: number, x: number | undefined): EventResult['status'] {
    const known = states.get(id)
    add(id, { time, x, isDeleted: false })
    if (known !== undefined && (known.time > time || (known.time === time && known.isDeleted))) return 'historic'
    states.set(id, { time, x, isDeleted: false })
    return 'written'
  }

  function update(id: string, time: number | undefined, x: number | undefined): EventResult['status'] {
    const known = states.get(id)
    if (known === undefined || known.isDeleted || (time !== undefined && time < known.time)) return 'refused'
    const next = { time: time ?? known.time, x, isDeleted: false }
    states.set(id, next)
    add(id, next)
    return 'written'
  }

  function softDelete(id: string, time: number): EventResult['status'] {
    const known = states.get(id)
    const tombstone = { time, x: undefined, isDeleted: true }
    add(id, tombstone)
    if (known !== undefined && known.time >= time) return 'historic'
    states.set(id, tombstone)
    return 'written'
  }

  function hardDelete(id: string, time: number): EventResult['status'] {
    const known = states.get(id)
    if (known !== undefined && known.time >= time) return 'refused'
    states.delete(id)
    add(id, { time, x: undefined, isDeleted: true })
    return 'written'
  }

  return {
    apply({ operation, id, time, x }: Write): EventResult['status'] {
      if (typeof time === 'string') return 'refused'
      if (operation === 'Update') return update(id, time, x)
      if (time === undefined) return 'refused'
      if (operation === 'Put') return put(id, time, x)
      return operation === 'SoftDelete' ? softDelete(id, time) : hardDelete(id, time)
    },
    /** A live record's features; undefined when there is none. */
    recordOf(id: string): unknown {
      const state = states.get(id)
      return state === undefined || state.isDeleted ? undefined : features(id, state.time, state.x)
    },
    history: () => history,
  }
}

function features(id: string, time: number, x: number | undefined) {
  const all = { id, time, x }
  return Object.entries(all).flatMap(([FeatureName, value]) =>
    value === undefined ? [] : [{ FeatureName, ValueAsString: String(value) }],
  )
}
