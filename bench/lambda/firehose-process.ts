import { startFirehose } from '../../test/aws/firehose-endpoint.ts'

const { endpoint } = await startFirehose()
process.stdout.write(`${endpoint}\n`)
