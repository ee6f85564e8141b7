import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { inject, vi } from 'vitest'
import { dynamodbDeleteSessions } from '../../store/catalog/delete-sessions-dynamodb.ts'
import { dynamodbRestorations } from '../../store/catalog/restorations-dynamodb.ts'
import type { DeliveredRow } from '../aws/unloading-athena.ts'
import type { Group } from '../conformance/deployment.ts'
import { REGION } from './cdk.ts'
import { deliveredRows } from './delivered-rows.ts'

export const deployment = inject('deployment')

export const connection = {
  endpoint: deployment.emulator,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
}

const WAIT = { timeout: 60_000, interval: 500 }

const dynamodb = new DynamoDBClient(connection)

type Item = { [attribute: string]: AttributeValue }

/** All items of the online table. */
export async function onlineItems(): Promise<Item[]> {
  const items: Item[] = []
  const scan = { TableName: deployment.outputs['OnlineTable'] ?? '', ConsistentRead: true }
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, scan)) items.push(...Items)
  return items
}

/** The item of a record that one group alone has. Throws when there is none. */
export async function onlineItem(group: Group, identifier: string): Promise<Item> {
  const groupId = await groupIdOf(group)
  const item = (await onlineItems()).find(({ pk, sk }) => pk?.S?.startsWith(`${groupId}#`) && sk?.S === identifier)
  if (item === undefined) throw new Error(`the online table has no record ${identifier} of ${group.name}`)
  return item
}

async function groupIdOf({ name }: Group): Promise<string> {
  const scan = { TableName: deployment.outputs['CatalogTable'] ?? '', ConsistentRead: true }
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, scan)) {
    const found = Items.find(({ pk, sk }) => pk?.S === 'group' && sk?.S === name)
    if (found !== undefined) return found['id']?.S ?? ''
  }
  throw new Error(`the catalog table has no group ${name}`)
}

/** Ends the time in which a delete session can be undone. */
export async function endUndoWindow(name: string): Promise<void> {
  const sessions = dynamodbDeleteSessions(dynamodb, deployment.outputs['CatalogTable'] ?? '')
  const session = await sessions.get(name)
  if (session === undefined) throw new Error(`the catalog table has no session ${name}`)
  await sessions.replace({ ...session, undoUntil: Date.now() - 1, revision: session.revision + 1 })
}

/** The items of a group's records in the online table, by identifier, without the times at which they were written. */
export async function itemsOf(group: Group): Promise<{ [identifier: string]: Item }> {
  const groupId = await groupIdOf(group)
  const items = (await onlineItems()).filter(({ pk }) => pk?.S?.startsWith(`${groupId}#`))
  return Object.fromEntries(items.map(({ w: _, ...item }) => [item['sk']?.S ?? '', item]))
}

/**
 * Ends the time that a restore waits for rows which may be on their way to their table, and has the function of the jobs
 * go on with it.
 */
export async function passSettleTime(id: string): Promise<void> {
  const restorations = dynamodbRestorations(dynamodb, deployment.outputs['CatalogTable'] ?? '')
  const waiting = await vi.waitUntil(async () => {
    const restoration = await restorations.get(id)
    return restoration?.historyState !== undefined && restoration
  }, WAIT)
  const { scope, groupId, revision } = waiting
  if (scope === undefined) throw new Error(`restore ${id} has no scope`)
  const earlier = { ...scope, startedAt: scope.startedAt - 3_600_000 }
  await restorations.replace({ ...waiting, scope: earlier, revision: revision + 1 })
  const body = JSON.stringify({ kind: 'restore', groupId, session: id })
  const Records = [{ messageId: id, receiptHandle: id, body, attributes: { ApproximateReceiveCount: '1' } }]
  await invoke('BackgroundJobsFunction', { Records })
}

/** The physical name of a resource of the stack, by its id without the digest. */
export async function physicalId(logicalId: string): Promise<string> {
  const answer = await call('/', 'Action=DescribeStackResources&Version=2010-05-15&StackName=cairn', {
    'content-type': 'application/x-www-form-urlencoded',
  })
  for (const [member] of answer.matchAll(/<member>.*?<\/member>/gs)) {
    const id = element(member, 'LogicalResourceId') ?? ''
    if (new RegExp(`^${logicalId}[0-9A-F]{8}$`).test(id)) return element(member, 'PhysicalResourceId') ?? ''
  }
  throw new Error(`the stack has no resource ${logicalId}`)
}

/** What a function of the stack answers to an event. */
export async function invoke(logicalId: string, event: object): Promise<unknown> {
  const name = await physicalId(logicalId)
  return JSON.parse(await call(`/2015-03-31/functions/${name}/invocations`, JSON.stringify(event)))
}

/** Calls an operation of a service that speaks AWS JSON, named as in X-Amz-Target. */
export async function callJson(target: string, input: object): Promise<unknown> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
  return JSON.parse(await call('/', JSON.stringify(input), headers))
}

/** The rows of a record's history that Firehose has delivered so far, by event time. */
export async function rowsOf(group: Group, identifier: string): Promise<DeliveredRow[]> {
  const table = `${group.name.replaceAll('-', '_')}_`
  const bucket = deployment.outputs['WarehouseBucket'] ?? ''
  const delivered = await deliveredRows({ emulator: deployment.emulator, bucket })
  const rows = delivered.filter(({ _table, id }) => String(_table).startsWith(table) && id === identifier)
  return rows.sort((a, b) => Number(a['_event_time']) - Number(b['_event_time']))
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}

async function call(path: string, body?: string, headers: { [name: string]: string } = {}): Promise<string> {
  const method = body === undefined ? 'GET' : 'POST'
  const response = await fetch(deployment.emulator + path, { method, headers, ...(body !== undefined && { body }) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return text
}
