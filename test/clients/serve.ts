// Serves an embedded store behind a server that verifies signatures, until SIGTERM; prints what a client's environment needs.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedServer } from '../embedded-server.ts'
import { SIGNER, startApiGateway } from '../sigv4/api-gateway.ts'

const directory = await mkdtemp(join(tmpdir(), 'cairn-clients-'))
const store = await startEmbeddedServer(directory, 'error')
const gateway = await startApiGateway(store.endpoint)
const environment = {
  FEATURE_STORE_ENDPOINT: gateway.endpoint,
  AWS_ACCESS_KEY_ID: SIGNER.accessKeyId,
  AWS_SECRET_ACCESS_KEY: SIGNER.secretAccessKey,
}
const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
process.stdout.write(lines.join(''))

await once(process, 'SIGTERM')
await gateway.close()
await store.close()
await rm(directory, { recursive: true })
if (store.failures.length > 0) throw new AggregateError(store.failures, 'the server had trouble that no test has seen')
