import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { bundleHandler } from '../../lib/bundle.ts'

export type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

const CONTEXT = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 29_000 } as Context

/** The handler of a function as it is deployed: from its bundle, with the environment of this process. */
export function loadHandler<Loaded extends (event: never) => unknown = Handler>(name: string): Loaded {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  // Not before: some of its files are loaded when they are called for.
  process.once('exit', () => rmSync(directory, { recursive: true }))
  bundleHandler(name, directory)
  const { handler } = createRequire(import.meta.url)(join(directory, 'index.js'))
  return ((event) => handler(event, CONTEXT)) as Loaded
}

export interface EventOptions {
  FeatureGroupName?: string
  query?: string
  body?: string
}

/** An event of API Gateway, as far as the handlers read it. */
export function eventOf(
  routeKey: string,
  { FeatureGroupName, query = '', body }: EventOptions,
): APIGatewayProxyEventV2 {
  const [method, path] = routeKey.split(' ')
  const event = {
    version: '2.0',
    routeKey,
    rawPath: '/',
    rawQueryString: query,
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path: path?.replace('{FeatureGroupName}', String(FeatureGroupName)) } },
    ...(FeatureGroupName !== undefined && { pathParameters: { FeatureGroupName } }),
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  }
  return event as unknown as APIGatewayProxyEventV2
}
