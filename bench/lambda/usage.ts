import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ACCESS_LOG } from '../../lib/access-log.ts'
import { firehoseRow } from '../../store/offline/firehose-row.ts'
import { dynamoOnlineStore } from '../../store/online/dynamodb.ts'
import { historyRows } from '../../store/records/change.ts'
import { measureCapacity } from '../../test/aws/capacity.ts'
import { batchBody, GROUP, identifierOf, putBody } from '../records.ts'
import { putOf } from './batch-write.ts'
import { median } from './bundles.ts'
import { group } from './group.ts'
import { eventOf, type Handler, loadHandler } from './load-handler.ts'
import { silenced } from './silenced.ts'
import { VARIABLES } from './variables.ts'

const RUNS = 200
/** What API Gateway puts in the place of the variables of its log, apart from the method and the path. */
const LOGGED = {
  '$context.requestId': 'C_kfPgBUIAMEJtA=',
  '$context.status': '200',
  '$context.identity.userArn': 'arn:aws:sts::123456789012:assumed-role/feature-writer/i-0123456789abcdef0',
  '$context.identity.sourceIp': '203.0.113.113',
  '$context.responseLatency': '12',
  '$context.integrationErrorMessage': '-',
  '$context.error.message': '-',
}

/** What one request of an operation uses. */
export interface Usage {
  operation: string
  /** How many records it writes or reads. */
  records: number
  writeUnits: number
  readUnits: number
  requestBytes: number
  firehoseBytes: number
  logBytes: number
  milliseconds: number
}

/** A request, and what it does to the online store. */
interface Request {
  operation: string
  folder: string
  records: number
  event: Parameters<Handler>[0]
  writes?: () => unknown
  reads?: () => unknown
}

/** Measures what requests use when they have warmed up. They write and read the records of `records.ts`. */
export async function measureUsage(client: DynamoDBClient): Promise<Usage[]> {
  const consumed = measureCapacity(client)
  const unitsOf = async (work?: () => unknown) => (work === undefined ? 0 : sum((await consumed(work)).units))
  const usages: Usage[] = []
  for (const { writes, reads, ...request } of requests(client)) {
    const rows = writes === undefined ? 0 : request.records
    usages.push({
      ...(await measure(request)),
      writeUnits: await unitsOf(writes),
      readUnits: await unitsOf(reads),
      firehoseBytes: rows * rowBytes(),
    })
  }
  return usages
}

function requests(client: DynamoDBClient): Request[] {
  const online = dynamoOnlineStore({
    client,
    tableName: VARIABLES.ONLINE_TABLE,
    featureOrder: () => group.FeatureDefinitions.map(({ FeatureName }) => FeatureName),
    onUnprocessed: (cause) => {
      throw cause
    },
  })
  const now = Date.now()
  const first = (count: number) => Array.from({ length: count }, (_, index) => index)
  const write = (count: number) => () => online.apply(first(count).map(putOf), now)
  const path = '/FeatureGroup/{FeatureGroupName}'
  const put = eventOf(`PUT ${path}`, { FeatureGroupName: GROUP, body: putBody(0) })
  const query = `RecordIdentifierValueAsString=${identifierOf(0)}`
  const get = eventOf(`GET ${path}`, { FeatureGroupName: GROUP, query })
  const batchWrite = eventOf('POST /BatchWriteRecord', { body: batchBody(0, 25) })
  const Identifiers = [{ FeatureGroupName: GROUP, RecordIdentifiersValueAsString: first(100).map(identifierOf) }]
  const batchGet = eventOf('POST /BatchGetRecord', { body: JSON.stringify({ Identifiers }) })
  const readOne = () => online.get(group.groupId, identifierOf(0), now)
  const readAll = () => online.getMany(group.groupId, first(100).map(identifierOf), now)
  return [
    { operation: 'PutRecord', folder: 'put-record', records: 1, event: put, writes: write(1) },
    { operation: 'BatchWriteRecord', folder: 'batch-write-record', records: 25, event: batchWrite, writes: write(25) },
    { operation: 'GetRecord', folder: 'get-record', records: 1, event: get, reads: readOne },
    { operation: 'BatchGetRecord', folder: 'batch-get-record', records: 100, event: batchGet, reads: readAll },
  ]
}

async function measure({ operation, folder, records, event }: Omit<Request, 'writes' | 'reads'>) {
  const handler = loadHandler(folder)
  const times: number[] = []
  const bytes = await silenced(async () => {
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now()
      const { statusCode } = await handler(event)
      times.push(performance.now() - started)
      if (statusCode !== 200) throw new Error(`${operation} answered ${statusCode}`)
    }
  })
  const logBytes = bytes / RUNS + accessLogLine(event).length
  const requestBytes = (event.body ?? event.rawQueryString).length
  return { operation, records, requestBytes, logBytes, milliseconds: median(times) }
}

/** What API Gateway writes for the request. */
function accessLogLine({ requestContext: { http } }: Parameters<Handler>[0]): string {
  const values = { ...LOGGED, '$context.httpMethod': http.method, '$context.path': http.path }
  return Object.entries(values).reduce(
    (line, [variable, value]) => line.replace(variable, value),
    JSON.stringify(ACCESS_LOG),
  )
}

function rowBytes(): number {
  return sum(historyRows(putOf(0), { result: 'applied' }, Date.now()).map((row) => firehoseRow(group, row)?.length))
}

function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
