import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { sentPath } from '../store/protocol/gateway-path.ts'
import type { HttpRequest, HttpResponse } from '../store/protocol/http.ts'

/** An event of API Gateway's HTTP API (payload 2.0), of a route that IAM authorizes. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { iam?: { userArn?: string } } }
}

/** The request that an event of API Gateway's HTTP API (payload 2.0) stands for. */
export function toRequest(event: HttpEvent): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: pathOf(event),
    // Not `queryStringParameters`, which joins the values of a repeated key with commas.
    query: event.rawQueryString,
    headers: event.headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    caller: event.requestContext.authorizer?.iam?.userArn ?? UNKNOWN_CALLER,
  }
}

const UNKNOWN_CALLER = 'unknown'

/** The path as it was sent: an event has it decoded. Of a request that no route took there is nothing else to go by. */
function pathOf({ routeKey, rawPath, pathParameters }: APIGatewayProxyEventV2): string {
  const [, path] = routeKey.split(' ')
  if (path === undefined) return rawPath.split('/').map(encodeURIComponent).join('/')
  return sentPath({ path, variables: pathParameters ?? {} })
}

/** The response in the form that API Gateway takes from a Lambda. */
export function toResult({ status, headers, body }: HttpResponse): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers, body, isBase64Encoded: false }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; a little is left for what is around a body. */
const MAX_BODY_BYTES = 6 * 1024 * 1024 - 8 * 1024

/** Whether Lambda lets a response with that body out: it travels as a string within JSON. */
export function fitsInResult(body: string): boolean {
  const isSurelySmall = body.length * 3 < MAX_BODY_BYTES
  return isSurelySmall || Buffer.byteLength(JSON.stringify(body)) <= MAX_BODY_BYTES
}
