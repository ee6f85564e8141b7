/**
 * What is logged of each request. Without the query string, which has identifiers and event times in it, and without the
 * time, which every event of a log has. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export const ACCESS_LOG = {
  requestId: '$context.requestId',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  caller: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
}
