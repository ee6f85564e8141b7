import type { DeleteSession } from '../../../store/deletes/delete-session.ts'
import type { StoredFeature } from '../../../store/offline/stored-features.ts'
import { plainly, type Value } from './plain-filter.ts'

export type Features = { [name: string]: Value }

export interface ModelRecord {
  t: bigint
  /** Undefined in a tombstone. */
  features: Features | undefined
  writtenAt: number
  session?: string
  hidden?: Features
}

type Criteria = Pick<DeleteSession, 'from' | 'to' | 'filter' | 'acceptedAt' | 'name' | 'mode'>

/** What the records of a group are by the rules, one at a time. */
export function sessionModel() {
  const records = new Map<string, ModelRecord>()

  function victims({ from, to, filter, acceptedAt }: Criteria): string[] {
    return [...records].flatMap(([id, { t, features, writtenAt }]) => {
      const isInWindow = (from === undefined || t >= BigInt(from)) && (to === undefined || t < BigInt(to))
      if (features === undefined || !isInWindow || writtenAt > acceptedAt) return []
      const matches = filter.every(([operator, column, operand]) =>
        plainly(column, [features[column], operator, operand]),
      )
      return matches ? [id] : []
    })
  }

  return {
    records,
    victims,
    put(id: string, t: bigint, { features, now }: { features: Features; now: number }): void {
      const current = records.get(id)
      const isNewer = current === undefined || t > current.t || (t === current.t && current.features !== undefined)
      if (isNewer) records.set(id, { t, features, writtenAt: now })
    },
    softDelete(id: string, t: bigint, now: number): void {
      const current = records.get(id)
      if (current === undefined || current.t < t) records.set(id, { t, features: undefined, writtenAt: now })
    },
    hardDelete(id: string, t: bigint): void {
      if ((records.get(id)?.t ?? t) < t) records.delete(id)
    },
    retract(session: Criteria, ids: string[], now: number): void {
      for (const id of ids) {
        const { t, features } = records.get(id) ?? { t: 0n, features: undefined }
        if (session.mode === 'hard') records.delete(id)
        else if (features !== undefined) {
          records.set(id, { t, features: undefined, writtenAt: now, session: session.name, hidden: features })
        }
      }
    },
    /** Answers how many records came back. */
    undo(name: string, now: number): number {
      const hiding = [...records].filter(([, { session, hidden }]) => session === name && hidden !== undefined)
      for (const [id, { t, hidden }] of hiding) records.set(id, { t, features: hidden, writtenAt: now })
      return hiding.length
    },
  }
}

/** The features of a stored record by name. */
export function readFeatures(features: string): Features {
  const stored = JSON.parse(features) as StoredFeature[]
  return Object.fromEntries(
    stored.map(({ FeatureName, ValueAsString, ValueAsStringList }) => [
      FeatureName,
      ValueAsString ?? ValueAsStringList,
    ]),
  )
}
