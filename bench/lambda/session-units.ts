import { DatabaseSync } from 'node:sqlite'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbDeleteSessions } from '../../store/catalog/delete-sessions-dynamodb.ts'
import { createCatalogTables, sqliteCatalog } from '../../store/catalog/sqlite.ts'
import { parseDeleteRequest } from '../../store/deletes/delete-request.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { deleteSessionStep } from '../../store/jobs/delete-session-step.ts'
import type { Job, Progress } from '../../store/jobs/job-queue.ts'
import { dynamoOnlineStore } from '../../store/online/dynamodb.ts'
import { catalogFeatureOrder } from '../../store/online/feature-order.ts'
import { startDeleteSession } from '../../store/operations/start-delete-session.ts'
import { writeThrough } from '../../store/write-through.ts'
import { measureCapacity } from '../../test/aws/capacity.ts'
import { putOf } from './batch-write.ts'
import { group as benchGroup } from './group.ts'
import { VARIABLES } from './variables.ts'

const RECORDS = 20_000
const RECORDS_PER_WRITE = 100
const SHARDS = [1, 8, 32]
const MODES = ['soft', 'hard'] as const
/** A tenth of the records. */
const FILTER = ['like', 'loan_id', '*7']

/** What a session asks of DynamoDB that looks at `scanned` records and deletes `deleted` of them. */
export interface SessionUnits {
  mode: string
  shards: number
  scanned: number
  deleted: number
  /** How often a worker did a bit of it and wrote down how far it came. */
  steps: number
  readUnits: number
  writeUnits: number
  ledgerUnits: number
}

/** Runs delete sessions on groups of different numbers of shards, on the DynamoDB of the environment. */
export async function measureSessions(): Promise<SessionUnits[]> {
  const measured: SessionUnits[] = []
  for (const mode of MODES) for (const shards of SHARDS) measured.push(await measureSession(mode, shards))
  return measured
}

async function measureSession(mode: string, shards: number): Promise<SessionUnits> {
  const name = `units-${mode}-${shards}`
  const { stores, jobs, clients } = openStores({ ...benchGroup, FeatureGroupName: name, groupId: `${name}-${shards}` })
  await fill(stores, `${name}-${shards}`)
  const online = measureCapacity(clients.online)
  const ledger = measureCapacity(clients.ledger)
  let steps = 0
  let ofLedger = Number.NaN
  const { operations, units } = await online(async () => {
    ofLedger = sum((await ledger(run)).units)
  })
  const session = await stores.sessions.get(name)
  if (session?.status !== 'completed') throw new Error(`session ${name} is ${session?.status}`)
  const of = (isWanted: (operation: string) => boolean) =>
    sum(units.filter((_, index) => isWanted(operations[index] ?? '')))
  clients.online.destroy()
  clients.ledger.destroy()
  return {
    mode,
    shards,
    scanned: RECORDS,
    deleted: session.counts.deleted,
    steps,
    readUnits: of((operation) => operation === 'Query'),
    writeUnits: of((operation) => operation !== 'Query'),
    ledgerUnits: ofLedger,
  }

  async function run(): Promise<void> {
    const body = { table: name, session: name, mode, filter: [FILTER] }
    const request = parseDeleteRequest(Buffer.from(JSON.stringify(body)))
    await startDeleteSession(stores, request, { actor: 'bench', modes: MODES })
    const [job] = jobs
    if (job === undefined) throw new Error('the session has no job')
    let progress: Progress
    do {
      progress = await deleteSessionStep(stores, job)
      steps++
    } while (progress !== 'done')
  }
}

type Opened = ReturnType<typeof openStores>

function openStores(group: FeatureGroup) {
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  const catalog = sqliteCatalog(db)
  catalog.create(group)
  const clients = { online: new DynamoDBClient(), ledger: new DynamoDBClient() }
  const jobs: Job[] = []
  const online = dynamoOnlineStore({
    client: clients.online,
    tableName: VARIABLES.ONLINE_TABLE,
    featureOrder: catalogFeatureOrder(catalog),
    onUnprocessed: (cause) => {
      throw cause
    },
  })
  const taken = { append: () => [] }
  const stores = {
    catalog,
    online,
    writer: writeThrough({ online, history: taken, outbox: taken, now: Date.now }),
    sessions: dynamodbDeleteSessions(clients.ledger, VARIABLES.CATALOG_TABLE),
    erasure: { step: () => Promise.reject(new Error('nothing is erased here')) },
    jobs: {
      enqueue(job: Job) {
        jobs.push(job)
      },
    },
    account: VARIABLES.ACCOUNT,
    region: 'us-east-1',
    now: Date.now,
  }
  return { stores, jobs, clients }
}

async function fill({ online, now }: Opened['stores'], groupId: string): Promise<void> {
  for (let first = 0; first < RECORDS; first += RECORDS_PER_WRITE) {
    const puts = Array.from({ length: RECORDS_PER_WRITE }, (_, index) => {
      const put = putOf(first + index)
      return { ...put, target: { ...put.target, groupId } }
    })
    await online.apply(puts, now())
  }
}

function sum(values: (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
