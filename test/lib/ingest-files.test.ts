import { describe, expect, it } from 'vitest'
import { type Resource, synthesize, textOf, withoutDigest } from './synthesize.ts'

const template = synthesize({ ingestFiles: 'on' })
const resources = Object.entries(template.Resources)

function property(logicalId: string): Resource['Properties'] {
  const [, found] = resources.find(([id]) => withoutDigest(id) === logicalId) ?? []
  if (found === undefined) throw new Error(`the template has no ${logicalId}`)
  return found.Properties
}

/** What a role may do: the actions by resource. */
function rightsOf(role: string): { [resource: string]: string[] } {
  const policies = resources.flatMap(([, { Type, Properties }]) => (Type === 'AWS::IAM::Policy' ? [Properties] : []))
  const own = policies.filter(({ Roles }) => textOf(Roles[0]) === `<${role}>`)
  const rights: { [resource: string]: string[] } = {}
  for (const { Effect, Action, Resource: on } of own.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
    expect(Effect).toBe('Allow')
    for (const arn of [on].flat()) rights[textOf(arn)] = [...(rights[textOf(arn)] ?? []), ...[Action].flat()]
  }
  return rights
}

it('there is no bucket of files unless the settings turn it on', () => {
  const ids = Object.keys(synthesize().Resources)
  expect(ids.filter((id) => /ingest|file/i.test(id))).toEqual([])
})

describe('the bucket of files', () => {
  it('is private, encrypted and versioned, and tells EventBridge of what is put there', () => {
    const bucket = property('IngestFilesBucket')
    expect(bucket).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    })
    expect(bucket).not.toHaveProperty('BucketName')
  })
  it('takes no request without TLS', () => {
    const statements: Resource['Properties'][] = property('IngestFilesBucketPolicy').PolicyDocument.Statement
    expect(statements.every(({ Effect }) => Effect === 'Deny')).toBe(true)
    expect(statements.map(({ Condition }) => Condition)).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } })
  })
  it('keeps no work of imports and no replaced files for ever', () => {
    expect(property('IngestFilesBucket').LifecycleConfiguration.Rules).toEqual([
      { Prefix: 'ingest/', NoncurrentVersionExpiration: { NoncurrentDays: 30 }, Status: 'Enabled' },
      {
        Prefix: 'work/',
        ExpirationInDays: 30,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: 'Enabled',
      },
      {
        ExpiredObjectDeleteMarker: true,
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        Status: 'Enabled',
      },
    ])
  })
  it.each(['retain', 'destroy'] as const)('goes with the stack only when that is asked for: %s', (removalPolicy) => {
    const { Resources } = synthesize({ removalPolicy, ingestFiles: 'on' })
    const [, bucket] = Object.entries(Resources).find(([id]) => withoutDigest(id) === 'IngestFilesBucket') ?? []
    expect(bucket?.DeletionPolicy).toBe(removalPolicy === 'retain' ? 'Retain' : 'Delete')
  })
})

describe('the files', () => {
  it('put below ingest/ are told to the queue, or else to its dead letters', () => {
    const { EventPattern, Targets } = property('IngestFilesRule')
    const { bucket, object } = EventPattern.detail
    expect(EventPattern).toMatchObject({ source: ['aws.s3'], 'detail-type': ['Object Created'] })
    expect(bucket.name.map(textOf)).toEqual(['<IngestFilesBucket>'])
    expect(object).toEqual({ key: [{ prefix: 'ingest/' }] })
    expect(Targets).toHaveLength(1)
    expect(textOf(Targets[0].Arn)).toBe('<IngestFilesWorkQueue.Arn>')
    expect(textOf(Targets[0].DeadLetterConfig.Arn)).toBe('<IngestFilesWorkDeadLetters.Arn>')
  })
  it.each(['Queue', 'DeadLetters'])('of no other rule come into the queues: %s', (queue) => {
    const statements: Resource['Properties'][] = property(`IngestFilesWork${queue}Policy`).PolicyDocument.Statement
    const [allowed, ...others] = statements.filter(({ Effect }) => Effect === 'Allow')
    expect(others).toEqual([])
    expect(allowed?.Principal).toEqual({ Service: 'events.amazonaws.com' })
    expect(textOf(allowed?.Condition.ArnEquals['aws:SourceArn'])).toBe('<IngestFilesRule.Arn>')
  })
  it('and their parts are done by a function, a message at a time, that has time enough', () => {
    const { Timeout, MemorySize } = property('IngestFilesIngestFunction')
    expect({ Timeout, MemorySize }).toEqual({ Timeout: 900, MemorySize: 1_769 })
    const queue = property('IngestFilesWorkQueue')
    expect(queue.VisibilityTimeout).toBe(960)
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(100)
    const mappings = resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::EventSourceMapping' ? [Properties] : [],
    )
    const own = mappings.find(({ EventSourceArn }) => textOf(EventSourceArn) === '<IngestFilesWorkQueue.Arn>')
    expect(own).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } })
  })
  it('are read by a function that may write records, results and its own work, and nothing else', () => {
    expect(rightsOf('IngestFilesIngestRole')).toEqual({
      '<TablesCatalog.Arn>': ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      '<TablesOnline.Arn>': ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      '<HistoryStream.Arn>': ['firehose:PutRecordBatch'],
      '<OutboxQueue.Arn>': ['sqs:SendMessage'],
      '<IngestFilesWorkQueue.Arn>': [
        'sqs:SendMessage',
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueUrl',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
      ],
      '<IngestFilesBucket.Arn>': ['s3:ListBucket'],
      '<IngestFilesBucket.Arn>/ingest/*': ['s3:GetObject', 's3:GetObjectVersion'],
      '<IngestFilesBucket.Arn>/ingest/*.result.json': ['s3:PutObject', 's3:AbortMultipartUpload'],
      '<IngestFilesBucket.Arn>/work/*': ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
      'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default': ['events:PutEvents'],
      '<IngestFilesIngestLogs.Arn>': ['logs:CreateLogStream', 'logs:PutLogEvents'],
      '*': ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    })
  })
})

it('the outputs say where to put files, and where those are that were set aside', () => {
  const outputs = Object.entries(template.Outputs).filter(([name]) => name.startsWith('Ingest'))
  expect(Object.fromEntries(outputs.map(([name, { Value }]) => [name, textOf(Value)]))).toEqual({
    IngestBucket: '<IngestFilesBucket>',
    IngestFilesQueueUrl: '<IngestFilesWorkQueue>',
    IngestFilesDeadLettersUrl: '<IngestFilesWorkDeadLetters>',
  })
})

it.each([
  'OldestFile',
  'IngestFilesFailed',
  'IngestFilesRefused',
  'IngestFilesDeadLetters',
  'IngestFilesErrors',
])('there is an alarm %s', (name) => {
  const { AlarmActions, AlarmDescription } = property(`Alarms${name}`)
  expect(AlarmActions.map(textOf)).toEqual(['<AlarmsTopic>'])
  expect(AlarmDescription.length).toBeGreaterThan(30)
})

it('the dashboard shows how many files there are, how late, and what was refused', () => {
  const [, dashboard] = resources.find(([, { Type }]) => Type === 'AWS::CloudWatch::Dashboard') ?? []
  const body = textOf(dashboard?.Properties.DashboardBody)
  for (const title of [
    'Files, and their rows',
    'Seconds that files wait, and how many messages',
    'Failed files and dead letters, and refused rows',
  ]) {
    expect(body).toContain(`"title":"${title}"`)
  }
})

it('the function reaches EventBridge over an endpoint where there is no way to the internet', () => {
  const endpointsOf = (settings: { [setting: string]: string }) => {
    const all = Object.values(synthesize({ network: 'vpc-endpoints', ...settings }).Resources)
    return all.filter(
      ({ Type, Properties }) => Type === 'AWS::EC2::VPCEndpoint' && /\.events"/.test(JSON.stringify(Properties)),
    )
  }
  expect(endpointsOf({})).toHaveLength(0)
  expect(endpointsOf({ ingestFiles: 'on' })).toHaveLength(1)
})
