import type { Context, SQSEvent } from 'aws-lambda'
import { dynamodbCatalog } from '../../store/catalog/dynamodb.ts'
import { readEnvironment } from '../../store/environment.ts'
import { groupCleanupStep } from '../../store/jobs/group-cleanup.ts'
import { jobSteps } from '../../store/jobs/job-steps.ts'
import { runJobMessage } from '../../store/jobs/run-job-message.ts'
import { sqsJobQueue } from '../../store/jobs/sqs.ts'
import { removeGroup } from '../../store/online/dynamodb-remove-group.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { sqsClient } from '../sqs-client.ts'
import { withPowertools } from '../with-powertools.ts'

const {
  CATALOG_TABLE,
  ONLINE_TABLE: tableName,
  JOBS_URL,
} = readEnvironment('CATALOG_TABLE', 'ONLINE_TABLE', 'JOBS_URL')
const client = dynamodbClient()
const { resume } = sqsJobQueue(sqsClient(), JOBS_URL)
const catalog = dynamodbCatalog(client, CATALOG_TABLE)
const table = { client, tableName, backoffMs: 50 }
const writer = { removeGroup: (groupId: string, limit: number) => removeGroup(table, groupId, limit) }
const step = jobSteps({ 'group-cleanup': (job) => groupCleanupStep({ catalog, writer }, job) })

/** Steps through long jobs of every kind, a job for each message. */
export const handler = withPowertools(async ({ Records }: SQSEvent, context: Context): Promise<void> => {
  const timeLeftMs = () => context.getRemainingTimeInMillis()
  for (const { body } of Records) await runJobMessage(body, { step, resume, timeLeftMs })
})
