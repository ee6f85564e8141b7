import { SageMakerClient, type SageMakerClientConfig } from '@aws-sdk/client-sagemaker'
import { SageMakerFeatureStoreRuntimeClient } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { isLoopback } from '../../local/access.ts'
import type { Connection } from './connection.ts'

const CONNECTION_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 60_000

/** A server that does not check signatures gets requests signed with these. */
const PLACEHOLDER_CREDENTIALS = { accessKeyId: 'cairn', secretAccessKey: 'cairn' }

/** The AWS SDK's client of the control plane. */
export function controlClient(connection: Connection): SageMakerClient {
  return new SageMakerClient(clientConfig(connection))
}

/** The AWS SDK's client of the runtime API. `maxAttempts` is the SDK's own default unless given. */
export function runtimeClient(
  connection: Connection,
  options: { maxAttempts?: number } = {},
): SageMakerFeatureStoreRuntimeClient {
  return new SageMakerFeatureStoreRuntimeClient({ ...clientConfig(connection), ...options })
}

/** The headers of a request that no client makes, as the clients would sign it. */
export async function signedHeaders(
  connection: Connection,
  { method, url, body }: { method: string; url: URL; body: string | undefined },
): Promise<{ [name: string]: string }> {
  const signer = await runtimeClient(connection).config.signer()
  const { protocol, hostname, host, pathname: path } = url
  const query = Object.fromEntries(url.searchParams)
  const headers = { host, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const signed = await signer.sign({ method, protocol, hostname, path, query, headers, body })
  return signed.headers
}

/** What both clients take. A deployed Cairn stands behind API Gateway, for which requests are signed as `execute-api`. */
function clientConfig({ endpoint, region, accessToken }: Connection) {
  const requestHandler = {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  }
  const config: SageMakerClientConfig & { signingName?: string } = { endpoint, region, requestHandler }
  if (accessToken !== undefined) {
    return { ...config, credentials: PLACEHOLDER_CREDENTIALS, signer: tokenSigner(accessToken) }
  }
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '')
  if (isLoopback(host)) return { ...config, credentials: PLACEHOLDER_CREDENTIALS }
  return { ...config, signingName: 'execute-api' }
}

function tokenSigner(token: string): NonNullable<Exclude<SageMakerClientConfig['signer'], () => unknown>> {
  return {
    sign: async (request) => ({ ...request, headers: { ...request.headers, 'x-cairn-access-token': token } }),
  }
}
