// Runs the tests of the DynamoDB adapters against Amazon's own DynamoDB Local.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { installDynamodbLocal } from './install.ts'
import { startDynamodbLocal } from './start.ts'

const SUITES = [
  'test/store/online/dynamodb',
  'test/store/catalog/dynamodb',
  'test/store/catalog/delete-sessions-dynamodb',
  'test/store/write-through',
]

const { endpoint, stop } = await startDynamodbLocal(installDynamodbLocal())
try {
  const environment = { ...process.env, DYNAMODB_ENDPOINT: endpoint }
  const vitest = spawn('vitest', ['run', ...SUITES], { stdio: 'inherit', env: environment })
  const [status] = await once(vitest, 'exit')
  process.exitCode = status ?? 1
} finally {
  await stop()
}
