import { describe, expect, it } from 'vitest'
import { type Resource, synthesize, textOf, withoutDigest } from './synthesize.ts'

const template = synthesize({ ingestQueue: 'on' })
const resources = Object.entries(template.Resources)

function properties(type: string): Resource['Properties'][] {
  return resources.filter(([, { Type }]) => Type === type).map(([, { Properties }]) => Properties)
}

function property(logicalId: string): Resource['Properties'] {
  const [, found] = resources.find(([id]) => withoutDigest(id) === logicalId) ?? []
  if (found === undefined) throw new Error(`the template has no ${logicalId}`)
  return found.Properties
}

/** What a role may do: the actions by resource. */
function rightsOf(role: string): { [resource: string]: string[] } {
  const policies = properties('AWS::IAM::Policy').filter(({ Roles }) => textOf(Roles[0]) === `<${role}>`)
  const rights: { [resource: string]: string[] } = {}
  for (const { Effect, Action, Resource: on } of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
    expect(Effect).toBe('Allow')
    for (const arn of [on].flat()) rights[textOf(arn)] = [...(rights[textOf(arn)] ?? []), ...[Action].flat()]
  }
  return rights
}

function mappingOf(source: string): Resource['Properties'] {
  return properties('AWS::Lambda::EventSourceMapping').find(({ EventSourceArn }) => textOf(EventSourceArn) === source)
}

/** What every function that ingests events may do. */
const INGEST = {
  '<TablesCatalog.Arn>': ['dynamodb:GetItem'],
  '<TablesOnline.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
  '<HistoryStream.Arn>': ['firehose:PutRecordBatch'],
  '<OutboxQueue.Arn>': ['sqs:SendMessage'],
  '<IngestionQueueEventsDeadLetters.Arn>': ['sqs:SendMessage'],
  '*': ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
}
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents']

it('sources of events are there only when the settings turn them on', () => {
  const ids = Object.keys(synthesize().Resources)
  expect(ids.filter((id) => /ingest/i.test(id))).toEqual([])
})

describe('the queue of events', () => {
  it('is emptied by a function that says which messages failed', () => {
    expect(mappingOf('<IngestionQueueEventsQueue.Arn>')).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    })
    const queue = property('IngestionQueueEventsQueue')
    expect(queue.VisibilityTimeout).toBe(6 * property('IngestionQueueIngestFunction').Timeout)
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(100)
    expect(textOf(queue.RedrivePolicy.deadLetterTargetArn)).toBe('<IngestionQueueEventsDeadLetters.Arn>')
  })
  it('has a function that may write records and set events aside, and nothing else', () => {
    expect(rightsOf('IngestionQueueIngestRole')).toEqual({
      ...INGEST,
      '<IngestionQueueIngestLogs.Arn>': LOGS,
      '<IngestionQueueEventsQueue.Arn>': [
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueUrl',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
      ],
    })
  })
})

it('the outputs say where to send events, and where those are that were set aside', () => {
  const outputs = Object.entries(template.Outputs).filter(([name]) => name.startsWith('Ingest'))
  expect(Object.fromEntries(outputs.map(([name, { Value }]) => [name, textOf(Value)]))).toEqual({
    IngestQueueUrl: '<IngestionQueueEventsQueue>',
    IngestDeadLettersUrl: '<IngestionQueueEventsDeadLetters>',
  })
})

it.each([
  'OldestEvent',
  'IngestDeadLetters',
  'IngestQueueRefused',
  'IngestQueueErrors',
])('there is an alarm %s', (name) => {
  const { AlarmActions, AlarmDescription } = property(`Alarms${name}`)
  expect(AlarmActions.map(textOf)).toEqual(['<AlarmsTopic>'])
  expect(AlarmDescription.length).toBeGreaterThan(30)
})

it('the dashboard shows how many events there are, how late, and what was set aside', () => {
  const body = textOf(properties('AWS::CloudWatch::Dashboard')[0]?.DashboardBody)
  for (const title of ['Events', 'Seconds that events wait', 'Refused events and dead letters']) {
    expect(body).toContain(`"title":"${title}"`)
  }
})
