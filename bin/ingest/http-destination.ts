import { DescribeFeatureGroupCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import {
  BatchWriteRecordCommand,
  type BatchWriteRecordEntry,
  DeleteRecordCommand,
  type SageMakerFeatureStoreRuntimeClient,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { controlClient, runtimeClient } from '../client/clients.ts'
import type { Connection } from '../client/connection.ts'
import { createGroup } from '../client/create-group.ts'
import { failureMessage, httpStatus } from '../client/failure.ts'
import type { Description, Destination, Fate } from './destination.ts'
import type { OutgoingRow } from './send-batch.ts'
import { settle } from './settle.ts'

/** The API's limit of entries in a request. */
const MAX_ENTRIES = 25

/** A server, spoken to by the AWS SDK, with up to `concurrency` requests under way. */
export function httpDestination(connection: Connection, concurrency: number): Destination {
  const control = controlClient(connection)
  // The SDK does not send again by itself: rows of one record must stay in order, and attempts are counted once.
  const runtime = runtimeClient(connection, { maxAttempts: 1 })
  return {
    describe: (name) => describeGroup(control, name),
    create: async (plan) => void (await createGroup(control, plan)),
    isHistoricTold: false,
    apply: (rows) => applyInOrder(runtime, rows),
    lanes: { count: concurrency, maxItems: MAX_ENTRIES },
    async close() {
      control.destroy()
      runtime.destroy()
    },
  }
}

async function describeGroup(control: SageMakerClient, name: string): Promise<Description | undefined> {
  try {
    return await control.send(new DescribeFeatureGroupCommand({ FeatureGroupName: name, NextToken: undefined }))
  } catch (error) {
    // A name that none can have is told of by what is written to it.
    if (['ResourceNotFound', 'ValidationException'].includes((error as Error).name)) return undefined
    throw error
  }
}

/** Puts that follow each other go together, any other write alone, and none of a record past an unprocessed one. */
async function applyInOrder(runtime: SageMakerFeatureStoreRuntimeClient, rows: OutgoingRow[]): Promise<Fate[]> {
  const fates = new Map<OutgoingRow, Fate>()
  const waiting = new Set<string>()
  for (const run of runs(rows)) {
    const sent = run.filter(({ identifier }) => !waiting.has(identifier))
    const told = sent.length === 0 ? [] : await apply(runtime, sent)
    for (const [index, row] of sent.entries()) {
      const fate = told[index] ?? 'unprocessed'
      fates.set(row, fate)
      if (fate === 'unprocessed') waiting.add(row.identifier)
    }
  }
  return rows.map((row) => fates.get(row) ?? 'unprocessed')
}

function runs(rows: OutgoingRow[]): OutgoingRow[][] {
  if (rows.every(isPut)) return [rows]
  const found: OutgoingRow[][] = []
  for (const row of rows) {
    const last = found.at(-1)
    const [before] = last ?? []
    if (last !== undefined && before !== undefined && isPut(row) && isPut(before)) last.push(row)
    else found.push([row])
  }
  return found
}

function isPut({ event }: OutgoingRow): boolean {
  return event.operation === 'Put'
}

async function apply(runtime: SageMakerFeatureStoreRuntimeClient, rows: OutgoingRow[]): Promise<Fate[]> {
  const [first] = rows
  if (first !== undefined && !isPut(first)) return [await change(runtime, first)]
  const entries = rows.map(({ event }) => event.input as BatchWriteRecordEntry)
  return settle(rows, await runtime.send(new BatchWriteRecordCommand({ Entries: entries })))
}

/** Sends an update or a delete. */
async function change(runtime: SageMakerFeatureStoreRuntimeClient, row: OutgoingRow): Promise<Fate> {
  try {
    await send(runtime, row)
    return 'written'
  } catch (error) {
    const status = httpStatus(error)
    if (status === 400 || status === 404 || status === 409) return { refused: failureMessage(error) }
    throw error
  }
}

async function send(runtime: SageMakerFeatureStoreRuntimeClient, row: OutgoingRow): Promise<unknown> {
  const { event, identifier, eventTime } = row
  const { FeatureGroupName, Record, TargetStores, TtlDuration } = event.input as BatchWriteRecordEntry
  const request = { FeatureGroupName, TargetStores, RecordIdentifierValueAsString: identifier }
  if (event.operation === 'Update') {
    return await runtime.send(new UpdateRecordCommand({ ...request, Features: Record, TtlDuration }))
  }
  const DeletionMode = event.operation === 'HardDelete' ? 'HardDelete' : 'SoftDelete'
  return await runtime.send(new DeleteRecordCommand({ ...request, EventTime: eventTime, DeletionMode }))
}
