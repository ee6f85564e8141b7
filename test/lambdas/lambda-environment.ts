import type { Context } from 'aws-lambda'
import { vi } from 'vitest'
import { createTable } from '../aws/dynalite.ts'
import { startDynamodb } from '../aws/dynamodb.ts'
import { startFirehose } from '../aws/firehose-endpoint.ts'
import { startGlue } from '../aws/glue-endpoint.ts'
import { startSqs } from '../aws/sqs-endpoint.ts'

export interface AwsOptions {
  /** Whether Firehose refuses a record, given as its text, for now. @default - none is */
  refuses?: (text: string) => boolean
  /** Whether SQS refuses a message for now. @default - none is */
  refusesMessage?: (body: string) => boolean
}

/** Starts the AWS that the handlers need, and sets the variables that tell them where it is. */
export async function startAws({ refuses, refusesMessage }: AwsOptions = {}) {
  const dynamodb = await startDynamodb()
  const firehose = await startFirehose(refuses && { refuses })
  const queueOptions = refusesMessage && { refuses: refusesMessage }
  const sqs = await startSqs(queueOptions)
  const deadLetters = await startSqs(queueOptions)
  const glue = await startGlue('cairn_offline', { now: Date.now })
  const client = dynamodb.client()
  const tables = { CATALOG_TABLE: await createTable(client), ONLINE_TABLE: await createTable(client) }
  const { accessKeyId, secretAccessKey } = await client.config.credentials()
  const variables = {
    ...tables,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_FIREHOSE: firehose.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    ACCOUNT: '123456789012',
    GROUP_MAX_AGE_SECONDS: '1',
    HISTORY_STREAM: 'history',
    OUTBOX_URL: sqs.queueUrl,
    JOBS_URL: sqs.queueUrl,
    INGEST_URL: sqs.queueUrl,
    DEAD_LETTERS_URL: deadLetters.queueUrl,
    SHARD_COUNT: '4',
    DATABASE: 'cairn_offline',
    WAREHOUSE: 's3://warehouse/warehouse',
    OPTIMIZER_ROLE: 'arn:aws:iam::123456789012:role/optimizer',
    UNDO_DAYS: '7',
    WORK_GROUP: 'erasing',
    SETTLE_SECONDS: '900',
    EXTRACTS: 's3://warehouse/extracts/',
    POWERTOOLS_SERVICE_NAME: 'cairn',
    POWERTOOLS_METRICS_NAMESPACE: 'Cairn',
  }
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  return {
    client,
    firehose,
    sqs,
    deadLetters,
    glue,
    tables,
    async close(): Promise<void> {
      vi.unstubAllEnvs()
      client.destroy()
      await Promise.all([dynamodb.close(), firehose.close(), sqs.close(), deadLetters.close(), glue.close()])
    },
  }
}

export type Aws = Awaited<ReturnType<typeof startAws>>

/** The context of an invocation that may still take this long. */
export function contextWith(timeLeftMs = 29_000): Context {
  const context = {
    awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:function',
    memoryLimitInMB: '1024',
    logGroupName: '/aws/lambda/function',
    logStreamName: 'stream',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => timeLeftMs,
  }
  return context as Context
}
