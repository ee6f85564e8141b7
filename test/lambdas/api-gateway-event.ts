import type { APIGatewayProxyEventV2 } from 'aws-lambda'

export interface EventOptions {
  /** As API Gateway writes it: method and path of the route. */
  routeKey: string
  /** Decoded, as HTTP APIs do. */
  rawPath?: string
  rawQueryString?: string
  pathParameters?: { [name: string]: string }
  headers?: { [name: string]: string }
  body?: string
  isBase64Encoded?: boolean
}

/** An event of an HTTP API with IAM authorization, payload format 2.0, as API Gateway sends it. */
export function apiGatewayEvent(options: EventOptions): APIGatewayProxyEventV2 {
  const { routeKey, rawPath = '/', rawQueryString = '', pathParameters, headers, body, isBase64Encoded } = options
  const event = {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    headers: {
      accept: '*/*',
      'content-length': String(body?.length ?? 0),
      host: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      'x-amz-date': '20261121T080000Z',
      'x-forwarded-for': '203.0.113.7',
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef1234',
      domainName: 'abcdef1234.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abcdef1234',
      authorizer: {
        iam: {
          accessKey: 'ASIAEXAMPLE',
          accountId: '123456789012',
          callerId: 'AROAEXAMPLE:session',
          cognitoIdentity: null,
          principalOrgId: 'aws:PrincipalOrgID',
          userArn: 'arn:aws:sts::123456789012:assumed-role/team/session',
          userId: 'AROAEXAMPLE:session',
        },
      },
      http: {
        method: routeKey.split(' ')[0] ?? '',
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'aws-sdk-js/3.1138.0',
      },
      requestId: 'Zx1YhiK5FiAEJtg=',
      routeKey,
      stage: '$default',
      time: '21/Nov/2026:08:00:00 +0000',
      timeEpoch: 1795248000000,
    },
    ...(rawQueryString !== '' && { queryStringParameters: commaJoined(rawQueryString) }),
    ...(pathParameters !== undefined && { pathParameters }),
    ...(body !== undefined && { body }),
    isBase64Encoded: isBase64Encoded ?? false,
  }
  return event as unknown as APIGatewayProxyEventV2
}

/** What HTTP APIs make of a query string: the values of a repeated key in one string. */
function commaJoined(query: string): { [name: string]: string } {
  const parameters = new URLSearchParams(query)
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]))
}
