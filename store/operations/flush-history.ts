import type { History } from '../offline/history.ts'
import { objectOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'

const FlushHistoryRequest = objectOf({})

/** Moves the rows that wait into their tables; answers how many. Throws ValidationError for a member. */
export async function flushHistory(history: Pick<History, 'flush'>, input: unknown) {
  parse(FlushHistoryRequest, input, 'ValidationError')
  return { RowsCommitted: await history.flush() }
}
