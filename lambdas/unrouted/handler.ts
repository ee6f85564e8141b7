import { restJson } from '../../store/protocol/rest-json.ts'
import { httpHandler } from '../http-handler.ts'

/** Answers what no route takes: a path or a method that the API does not have. */
export const handler = httpHandler(restJson({}))
