import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { putParams } from '../../store/online/dynamodb-params.ts'
import { GROUP, recordJson } from '../records.ts'
import { putOf } from './batch-write.ts'
import { loadHandler } from './load-handler.ts'
import { silenced } from './silenced.ts'
import { VARIABLES } from './variables.ts'

const BATCH = 100
const WARM_UP = 40
const ROUNDS = 120

type IngestHandler = (event: SQSEvent) => Promise<SQSBatchResponse>

/** How fast records are written: by the clock, and by the time that this process has the processor. */
export interface Rate {
  perSecond: number
  perCpuSecond: number
}

export interface IngestRates {
  form: string
  handler: Rate
  bare: Rate
}

/** How the record of an event is written. */
const FORMS: { [form: string]: (number: number) => string } = {
  'a list of FeatureValues': recordJson,
  'an object of features': plainRecord,
}

/** Measures the function of the queue, 100 events a batch, in turns with 100 bare conditional puts on the same DynamoDB. */
export async function measureIngest(client: DynamoDBClient): Promise<IngestRates[]> {
  const handler = loadHandler<IngestHandler>('ingest-queue')
  const measured: IngestRates[] = []
  let next = 1_000_000
  for (const [form, recordOf] of Object.entries(FORMS)) {
    const [ingesting, putting] = [stopwatch(), stopwatch()]
    await silenced(async () => {
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const event = eventOf(next, recordOf)
        const commands = Array.from({ length: BATCH }, (_, index) => putCommand(next + BATCH + index))
        next += 2 * BATCH
        const isMeasured = round >= WARM_UP
        await ingesting.time(() => ingest(handler, event), isMeasured)
        await putting.time(() => Promise.all(commands.map((command) => client.send(command))), isMeasured)
      }
    })
    measured.push({ form, handler: ingesting.rate(), bare: putting.rate() })
  }
  return measured
}

function stopwatch() {
  let milliseconds = 0
  let cpuMicros = 0
  return {
    async time(work: () => Promise<unknown>, isMeasured: boolean): Promise<void> {
      const [started, cpu] = [performance.now(), process.cpuUsage()]
      await work()
      if (!isMeasured) return
      milliseconds += performance.now() - started
      const { user, system } = process.cpuUsage(cpu)
      cpuMicros += user + system
    },
    rate: (): Rate => ({
      perSecond: (ROUNDS * BATCH * 1e3) / milliseconds,
      perCpuSecond: (ROUNDS * BATCH * 1e6) / cpuMicros,
    }),
  }
}

async function ingest(handler: IngestHandler, event: SQSEvent): Promise<void> {
  const { batchItemFailures } = await handler(event)
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} of ${BATCH} events failed`)
}

function eventOf(first: number, recordOf: (number: number) => string): SQSEvent {
  const Records = Array.from({ length: BATCH }, (_, index) => ({
    messageId: String(index),
    receiptHandle: String(index),
    body: `{"FeatureGroupName":"${GROUP}","Record":${recordOf(first + index)}}`,
    attributes: { ApproximateReceiveCount: '1' },
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:ingest',
  }))
  return { Records } as SQSEvent
}

/** The record of that number with numbers for what is one. */
function plainRecord(number: number): string {
  const values: { FeatureName: string; ValueAsString: string }[] = JSON.parse(recordJson(number))
  const isNumber = (text: string) => /^[\d.]+$/.test(text)
  const pairs = values.map(({ FeatureName: name, ValueAsString: text }) => {
    return `"${name}":${isNumber(text) ? text : JSON.stringify(text)}`
  })
  return `{${pairs}}`
}

function putCommand(number: number): PutItemCommand {
  return new PutItemCommand(putParams(VARIABLES.ONLINE_TABLE, putOf(number), Date.now()))
}
