import { type Change, type EventTime, effectOf, type Held, keyOf, type Row } from './record-model.ts'

/** One request, and what it must do if the server takes it: all of it or nothing. */
export interface Request {
  changes: Change[]
  status: number
  held: Map<string, Held>
  rows: Row[]
}

/**
 * What must be stored after every request that was acknowledged, and what may be after those that got no answer.
 * A record is exact when one writer at a time changes it; records named `shared` take puts and soft deletes only,
 * whose order does not matter.
 */
export function makeLedger() {
  const held = new Map<string, Held>()
  const rows = new Map<string, Row>()
  const sharedTimes = new Map<string, { micros: bigint; held: Held }>()
  let unanswered: Request[] = []

  function expect(changes: Change[]): Request {
    const request: Request = { changes, status: 200, held: new Map(), rows: [] }
    for (const change of changes) {
      const { identifier } = change
      const before = request.held.has(identifier) ? request.held.get(identifier) : held.get(identifier)
      const effect = effectOf(change, isShared(identifier) ? undefined : before)
      request.status = effect.status
      if (!isShared(identifier)) request.held.set(identifier, effect.held)
      if (effect.row !== undefined) request.rows.push(effect.row)
    }
    return request
  }

  function commit(request: Request): void {
    for (const row of request.rows) rows.set(keyOf(row), row)
    for (const [identifier, after] of request.held) held.set(identifier, after)
    for (const change of request.changes) if (isShared(change.identifier)) commitShared(change, change.time)
  }

  function commitShared(change: Change, time: EventTime | undefined): void {
    const newest = sharedTimes.get(change.identifier)
    if (time === undefined || (newest !== undefined && newest.micros > time.micros)) return
    sharedTimes.set(change.identifier, { micros: time.micros, held: effectOf(change, undefined).held })
  }

  return {
    /** What a request with these changes must do now. */
    expect,
    /** The server has acknowledged the request. */
    commit,
    /** The server was gone before it answered. */
    leaveOpen: (request: Request) => unanswered.push(request),
    /** Decides by the history which of the unanswered requests were taken; gives those of which only a part was. */
    settle(isLogged: (key: string) => boolean): Request[] {
      const torn: Request[] = []
      for (const request of unanswered) {
        const found = request.rows.filter((row) => isLogged(keyOf(row))).length
        if (found === request.rows.length) commit(request)
        else if (found > 0) torn.push(request)
      }
      unanswered = []
      return torn
    },
    /** Every row that the history must have, and no other. */
    rows: () => [...rows.values()],
    /** What every record must be. */
    records(): Map<string, Held> {
      const shared = [...sharedTimes].map(([identifier, newest]): [string, Held] => [identifier, newest.held])
      return new Map([...held, ...shared])
    },
  }
}

export type Ledger = ReturnType<typeof makeLedger>

function isShared(identifier: string): boolean {
  return identifier.startsWith('shared')
}
