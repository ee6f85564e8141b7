import type { Context } from 'aws-lambda'
import { isDeletePath } from '../../store/protocol/delete-routes.ts'
import { deletesJson } from '../../store/protocol/deletes-json.ts'
import { restJson } from '../../store/protocol/rest-json.ts'
import { isRestorePath } from '../../store/protocol/restore-routes.ts'
import { restoresJson } from '../../store/protocol/restores-json.ts'
import type { HttpEvent } from '../http-event.ts'
import { httpHandler } from '../http-handler.ts'

const runtime = httpHandler(restJson({}))
const deletes = httpHandler(deletesJson({}))
const restores = httpHandler(restoresJson({}))

/** Answers what no route takes, in the form of the API it is meant for: a path or a method that the API does not have. */
export const handler = (event: HttpEvent, context: Context) => handlerOf(event.rawPath)(event, context)

function handlerOf(path: string) {
  if (isDeletePath(path)) return deletes
  return isRestorePath(path) ? restores : runtime
}
