import { ApiError, quote } from '../api-error.ts'
import type { History } from '../offline/history.ts'
import { eraseRecords } from '../operations/erase-records.ts'
import { objectOf } from '../requests/model.ts'
import { parse } from '../requests/validation.ts'
import type { GroupStores, Stores } from '../stores.ts'
import { readJsonObject } from './body.ts'
import type { Protocol } from './protocol.ts'

/** The paths of what SageMaker's API does not have: each is a route, and so a permission, of its own. */
export const HISTORY_PATHS = { '/erase': 'EraseRecords', '/flush': 'FlushHistory' } as const

type HistoryOperation = (typeof HISTORY_PATHS)[keyof typeof HISTORY_PATHS]

const FlushRequest = objectOf({})

/** The operations on the history: POST of a JSON object, answered by one. */
export function historyJson(stores: GroupStores & Pick<Stores, 'now'>, history: History): Protocol {
  const operations: Record<HistoryOperation, (input: unknown) => Promise<unknown>> = {
    EraseRecords: (input) => eraseRecords(stores, history, input),
    FlushHistory: async (input) => {
      parse(FlushRequest, input, 'ValidationError')
      return { RowsCommitted: await history.flush() }
    },
  }
  return {
    contentType: 'application/json',
    async answer({ method, path, query, body }, call) {
      const operation = HISTORY_PATHS[path as keyof typeof HISTORY_PATHS]
      call.operation = operation
      if (method !== 'POST') {
        throw new ApiError(
          'MethodNotAllowedException',
          `method ${quote(method)} is not allowed for ${quote(path)}: POST`,
        )
      }
      if (query !== '') throw new ApiError('ValidationError', `query ${quote(query)} is not allowed for ${quote(path)}`)
      return JSON.stringify(await operations[operation](readJsonObject(body, 'ValidationError')))
    },
  }
}
