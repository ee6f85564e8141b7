/** A row that a request brings to the history; its event time is no other row's. */
export interface PlannedRow {
  kind: 'put' | 'softDelete' | 'hardDelete'
  identifier: string
  /** Seconds since the epoch. */
  at: number
}

export const GROUP = 'kept'
const RECORDS = 7
const START = 1_600_000_000
const DAY = 86_400
/** Requests from one erasure to the next. */
export const REQUESTS_PER_ERASURE = 30
const PUTS_TO_ERASE = [5, 14, 15, 25]

/** The record that erasure `index` is about. Its requests are all made before. */
export const erasedBy = (index: number): string => `gone-${index}!`

/** The rows of request `number`, from 1 on. */
export function requestOf(number: number): PlannedRow[] {
  const first = number * 4
  const inTurn = number % REQUESTS_PER_ERASURE
  if (PUTS_TO_ERASE.includes(inTurn)) {
    return [{ kind: 'put', identifier: erasedBy(Math.floor(number / REQUESTS_PER_ERASURE)), at: START + first }]
  }
  if (number % 9 === 0) return [rowOf('softDelete', first)]
  if (number % 13 === 0) return [rowOf('hardDelete', first)]
  const rows = 1 + (number % 3)
  return Array.from({ length: rows }, (_, index) => rowOf('put', first + index))
}

/** Each record has its day, so that its rows come in the order of their times. */
function rowOf(kind: PlannedRow['kind'], number: number): PlannedRow {
  const record = (number * 5) % RECORDS
  return { kind, identifier: `id-${record}`, at: START + number + (record % 2) * DAY }
}
