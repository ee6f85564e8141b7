import { describe, expect, it } from 'vitest'
import { type Resource, synthesize, textOf, withoutDigest } from './synthesize.ts'

const PATTERN = { 'detail-type': ['Feature event'], source: [{ prefix: 'shop' }] }
const template = synthesize({ ingestPattern: JSON.stringify(PATTERN), ingestStream: 'on' })
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

describe('the bus', () => {
  it('brings what matches the pattern to the queue, or else to its dead letters', () => {
    const { EventPattern, EventBusName, Targets } = property('IngestionBusRule')
    expect(EventPattern).toEqual(PATTERN)
    expect(textOf(EventBusName)).toBe('<IngestionBus>')
    expect(property('IngestionBus').Name).toBe('cairn-events')
    expect(Targets).toHaveLength(1)
    expect(textOf(Targets[0].Arn)).toBe('<IngestionQueueEventsQueue.Arn>')
    expect(textOf(Targets[0].DeadLetterConfig.Arn)).toBe('<IngestionQueueEventsDeadLetters.Arn>')
  })
  it('is the only one that EventBridge may send for', () => {
    for (const queue of ['IngestionQueueEventsQueue', 'IngestionQueueEventsDeadLetters']) {
      const statements: Resource['Properties'][] = property(`${queue}Policy`).PolicyDocument.Statement
      const [allowed, ...others] = statements.filter(({ Effect }) => Effect === 'Allow')
      expect(others).toEqual([])
      expect(allowed?.Principal).toEqual({ Service: 'events.amazonaws.com' })
      expect(allowed?.Action).toBe('sqs:SendMessage')
      expect(textOf(allowed?.Condition.ArnEquals['aws:SourceArn'])).toBe('<IngestionBusRule.Arn>')
    }
  })
})

describe('the stream of events', () => {
  it('is followed from its beginning by a function that says where to go on, in ever smaller batches', () => {
    const mapping = mappingOf('<IngestionStream.Arn>')
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 500,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 86_400,
      MaximumRetryAttempts: 10_000,
    })
    expect(textOf(mapping.DestinationConfig.OnFailure.Destination)).toBe('<IngestionStreamGivenUp.Arn>')
  })
  it('is encrypted, and keeps its records for longer than they are tried', () => {
    expect(property('IngestionStream')).toMatchObject({
      RetentionPeriodHours: 168,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    })
    expect(property('IngestionStreamGivenUp')).toMatchObject({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    })
  })
  it('has a function that may write records and set events aside, and nothing else', () => {
    expect(rightsOf('IngestionStreamIngestRole')).toEqual({
      ...INGEST,
      '<IngestionStreamIngestLogs.Arn>': LOGS,
      '<IngestionStreamGivenUp.Arn>': ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      '<IngestionStream.Arn>': [
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
        'kinesis:SubscribeToShard',
        'kinesis:DescribeStream',
        'kinesis:ListStreams',
        'kinesis:DescribeStreamConsumer',
      ],
    })
  })
})

it.each([
  'retain',
  'destroy',
] as const)('the stream goes with the stack only when that is asked for: %s', (removalPolicy) => {
  const { Resources } = synthesize({ removalPolicy, ingestStream: 'on' })
  const [stream] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Kinesis::Stream')
  expect(stream?.DeletionPolicy).toBe(removalPolicy === 'retain' ? 'Retain' : 'Delete')
})

it('the outputs say where to send events, and where those are that were set aside', () => {
  const outputs = Object.entries(template.Outputs).filter(([name]) => name.startsWith('Ingest'))
  expect(Object.fromEntries(outputs.map(([name, { Value }]) => [name, textOf(Value)]))).toEqual({
    IngestQueueUrl: '<IngestionQueueEventsQueue>',
    IngestDeadLettersUrl: '<IngestionQueueEventsDeadLetters>',
    IngestBus: '<IngestionBus>',
    IngestStream: '<IngestionStream>',
  })
})

it.each([
  'OldestEvent',
  'IngestDeadLetters',
  'IngestQueueRefused',
  'IngestQueueErrors',
  'IngestBusFailures',
  'IngestStreamAge',
  'IngestStreamGivenUp',
  'IngestStreamRefused',
  'IngestStreamErrors',
])('there is an alarm %s', (name) => {
  const { AlarmActions, AlarmDescription } = property(`Alarms${name}`)
  expect(AlarmActions.map(textOf)).toEqual(['<AlarmsTopic>'])
  expect(AlarmDescription.length).toBeGreaterThan(30)
})

it.each([
  ['Events', ['"Events","operation","IngestQueue"', '"Events","operation","IngestStream"', '"MatchedEvents"']],
  [
    'Seconds that events wait in the queue, and milliseconds in the stream',
    ['"ApproximateAgeOfOldestMessage"', '<IngestionQueueEventsQueue.QueueName>', '"IteratorAge"'],
  ],
  [
    'Refused events and dead letters',
    [
      '"RefusedEvents","operation","IngestQueue"',
      '"RefusedEvents","operation","IngestStream"',
      '<IngestionQueueEventsDeadLetters.QueueName>',
      '<IngestionStreamGivenUp.QueueName>',
      '"FailedInvocations"',
    ],
  ],
])('the dashboard shows of the sources: %s', (title, parts) => {
  const { widgets } = JSON.parse(textOf(properties('AWS::CloudWatch::Dashboard')[0]?.DashboardBody))
  const shown = widgets.find(({ properties }: { properties: { title: string } }) => properties.title === title)
  for (const part of parts) expect(JSON.stringify(shown.properties.metrics)).toContain(part)
})
