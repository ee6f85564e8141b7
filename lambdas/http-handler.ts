import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { ApiError, type ErrorCode } from '../store/api-error.ts'
import type { HttpResponse } from '../store/protocol/http.ts'
import type { Protocol } from '../store/protocol/protocol.ts'
import { refusal, respond } from '../store/protocol/respond.ts'
import { fitsInResult, type HttpEvent, toRequest, toResult } from './http-event.ts'
import { loggable, logger } from './logger.ts'
import { observeRequest } from './metrics.ts'
import { withPowertools } from './with-powertools.ts'

/** Answers the events of API Gateway's HTTP API in the form of `protocol`. */
export function httpHandler(protocol: Protocol) {
  /** The request that is being answered. One that was cut off may go on when the next one has come. */
  let current: Answering | undefined

  async function answer(event: HttpEvent): Promise<APIGatewayProxyStructuredResultV2> {
    const own = { started: performance.now(), accessLogId: event.requestContext.requestId }
    current = own
    const response = withinLimit(await respond(protocol, toRequest(event)))
    if (own === current) report(response, own)
    return toResult(response)
  }

  function refuse(code: ErrorCode, message: string, operation = 'unknown'): HttpResponse {
    return { ...refusal(protocol, new ApiError(code, message)), operation }
  }

  function withinLimit(response: HttpResponse): HttpResponse {
    if (fitsInResult(response.body)) return response
    const message = 'the answer is larger than the 6 MB that AWS Lambda allows; ask for less at a time'
    return refuse('ValidationError', message, response.operation)
  }

  function onTimeout(): APIGatewayProxyStructuredResultV2 {
    const response = refuse('ServiceUnavailable', 'the request took too long; it is safe to send it again')
    if (current !== undefined) report(response, current)
    current = undefined
    return toResult(response)
  }

  return withPowertools(answer, { onTimeout })
}

interface Answering {
  started: number
  /** What the access log of the API calls the request. */
  accessLogId: string
}

/** Counts an answer. Errors of the server's are logged with their causes; those of the caller are the caller's to see. */
function report({ operation, status, headers, error }: HttpResponse, { started, accessLogId }: Answering): void {
  observeRequest({ operation, status, milliseconds: performance.now() - started })
  if (status < 500) return
  const requestId = headers['x-amzn-requestid']
  logger.error('request failed', { operation, status, requestId, accessLogId, error: loggable(error) })
}
