import type { Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { describe, expect, it } from 'vitest'
import { JOB_RECEIVES, JOB_TRIES } from '../../store/jobs/job-tries.ts'
import { type Resource, synthesize, textOf, withoutDigest } from './synthesize.ts'

const template = synthesize({ alarmEmail: 'team@example.com' })

function entries(type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
}

function properties(type: string): Resource['Properties'][] {
  return entries(type).map(([, resource]) => resource.Properties)
}

function property(logicalId: string): Resource['Properties'] {
  const [, found] = Object.entries(template.Resources).find(([id]) => withoutDigest(id) === logicalId) ?? []
  if (found === undefined) throw new Error(`the template has no ${logicalId}`)
  return found.Properties
}

describe('the routes', () => {
  /** The function behind each route, by the integration that the route targets. */
  const functions = Object.fromEntries(
    properties('AWS::ApiGatewayV2::Route').map(({ RouteKey, Target }) => {
      const [, parts] = Target['Fn::Join']
      const { IntegrationUri } = template.Resources[parts[1].Ref]?.Properties ?? {}
      return [RouteKey, textOf(IntegrationUri)]
    }),
  )

  it('are those of the API, by name and by ARN, each with the function of its operation', () => {
    const runtime = (operation: string) => `<Runtime${operation}Function.Arn>`
    const deletes = (name: string) => `<Deletes${name}Function.Arn>`
    expect(functions).toEqual({
      'PUT /FeatureGroup/{FeatureGroupName}': runtime('PutRecord'),
      'PUT /FeatureGroup/{ArnPrefix}/{FeatureGroupName}': runtime('PutRecord'),
      'GET /FeatureGroup/{FeatureGroupName}': runtime('GetRecord'),
      'GET /FeatureGroup/{ArnPrefix}/{FeatureGroupName}': runtime('GetRecord'),
      'DELETE /FeatureGroup/{FeatureGroupName}': runtime('DeleteRecord'),
      'DELETE /FeatureGroup/{ArnPrefix}/{FeatureGroupName}': runtime('DeleteRecord'),
      'POST /FeatureGroup/{FeatureGroupName}/ListRecords': runtime('ListRecords'),
      'POST /FeatureGroup/{ArnPrefix}/{FeatureGroupName}/ListRecords': runtime('ListRecords'),
      'POST /FeatureGroup/{FeatureGroupName}/Record': runtime('UpdateRecord'),
      'POST /FeatureGroup/{ArnPrefix}/{FeatureGroupName}/Record': runtime('UpdateRecord'),
      'POST /BatchGetRecord': runtime('BatchGetRecord'),
      'POST /BatchWriteRecord': runtime('BatchWriteRecord'),
      'POST /delete': deletes('StartDeleteSession'),
      'POST /delete/erase': deletes('StartErasure'),
      'GET /delete': deletes('ReadDeleteSessions'),
      'GET /delete/{session}': deletes('ReadDeleteSessions'),
      'POST /delete/{session}/cancel': deletes('CancelDeleteSession'),
      'POST /delete/{session}/undo': deletes('UndoDeleteSession'),
      'POST /erase': deletes('EraseRecords'),
      'GET /erase/{ErasureId}': deletes('EraseRecords'),
      'POST /restore': '<RestoresStartRestoreFunction.Arn>',
      'GET /restore/{RestoreId}': '<RestoresGetRestoreFunction.Arn>',
      'POST /': '<ControlControlPlaneFunction.Arn>',
      $default: '<UnroutedFunction.Arn>',
    })
  })
  it('let nobody in whom IAM does not', () => {
    const types = properties('AWS::ApiGatewayV2::Route').map(({ AuthorizationType }) => AuthorizationType)
    expect(types).toEqual(types.map(() => 'AWS_IAM'))
    expect(types).toHaveLength(24)
  })
  it('are the only way to a function', () => {
    const permissions = properties('AWS::Lambda::Permission')
    const [scheduled, ...others] = permissions.filter(({ Principal }) => Principal !== 'apigateway.amazonaws.com')
    for (const { Action, SourceArn } of permissions.filter((permission) => permission !== scheduled)) {
      expect(Action).toBe('lambda:InvokeFunction')
      expect(textOf(SourceArn)).toContain(':<HttpApi>/*/')
    }
    expect([scheduled.Principal, textOf(scheduled.SourceArn)]).toEqual([
      'events.amazonaws.com',
      '<SessionsSchedule.Arn>',
    ])
    expect(others).toEqual([])
    expect(entries('AWS::Lambda::Url')).toEqual([])
  })
  it('are throttled and logged, without query strings', () => {
    const { DefaultRouteSettings: limits, AccessLogSettings: logs, StageName } = property('HttpStage')
    expect(StageName).toBe('$default')
    expect(limits).toMatchObject({ ThrottlingRateLimit: 5_000, ThrottlingBurstLimit: 2_500 })
    expect(textOf(logs.DestinationArn)).toBe('<HttpAccessLogs.Arn>')
    expect(Object.keys(JSON.parse(logs.Format))).toEqual([
      'requestId',
      'method',
      'path',
      'status',
      'caller',
      'ip',
      'latencyMs',
      'integrationError',
      'error',
    ])
    expect(logs.Format).not.toMatch(/query/i)
  })
})

describe('the roles', () => {
  /** What each role may do: the actions by resource, without logs of its own and tracing, which all functions have. */
  function rightsOf(logicalId: string): { [resource: string]: string[] } {
    const rights: { [resource: string]: string[] } = {}
    for (const { PolicyDocument, Roles } of properties('AWS::IAM::Policy')) {
      if (textOf(Roles[0]) !== `<${logicalId}>`) continue
      for (const statement of PolicyDocument.Statement) add(rights, statement)
    }
    for (const { PolicyDocument } of property(logicalId).Policies ?? []) {
      for (const statement of PolicyDocument.Statement) add(rights, statement)
    }
    return rights
  }

  function add(
    rights: { [resource: string]: string[] },
    { Effect, Action, Resource: resource }: Resource['Properties'],
  ) {
    expect(Effect).toBe('Allow')
    for (const arn of [resource].flat()) {
      const name = textOf(arn).replace('arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:', 'glue ')
      rights[name] = [...(rights[name] ?? []), ...[Action].flat()]
    }
  }

  const catalog = { '<TablesCatalog.Arn>': ['dynamodb:GetItem'] }
  const ledger = (...actions: string[]) => ({ '<TablesCatalog.Arn>': actions.map((action) => `dynamodb:${action}`) })
  const enqueue = { '<JobsQueue.Arn>': ['sqs:SendMessage'] }
  const uploads = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
  const history = { '<HistoryStream.Arn>': ['firehose:PutRecordBatch'], '<OutboxQueue.Arn>': ['sqs:SendMessage'] }
  const online = (...actions: string[]) => ({ '<TablesOnline.Arn>': actions.map((action) => `dynamodb:${action}`) })
  const consume = [
    'sqs:ReceiveMessage',
    'sqs:ChangeMessageVisibility',
    'sqs:GetQueueUrl',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ]
  const ofTables = (...actions: string[]) => ({
    'glue catalog': actions,
    'glue database/cairn_offline': actions,
    'glue table/cairn_offline/*': actions,
  })

  it.each<[string, { [resource: string]: string[] }]>([
    ['Unrouted', {}],
    ['RuntimeGetRecord', { ...catalog, ...online('GetItem') }],
    ['RuntimeBatchGetRecord', { ...catalog, ...online('BatchGetItem') }],
    ['RuntimeListRecords', { ...catalog, ...online('Query') }],
    ['RuntimePutRecord', { ...catalog, ...online('PutItem'), ...history }],
    ['RuntimeBatchWriteRecord', { ...catalog, ...online('PutItem'), ...history }],
    ['RuntimeUpdateRecord', { ...catalog, ...online('UpdateItem'), ...history }],
    ['RuntimeDeleteRecord', { ...catalog, ...online('PutItem', 'DeleteItem'), ...history }],
    [
      'ControlControlPlane',
      {
        '<TablesCatalog.Arn>': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
        '<JobsQueue.Arn>': ['sqs:SendMessage'],
        ...ofTables(
          'glue:CreateTable',
          'glue:GetTable',
          'glue:UpdateTable',
          'glue:DeleteTable',
          'glue:GetDatabase',
          'glue:CreateTableOptimizer',
        ),
        '<WarehouseBucket.Arn>/warehouse/*': ['s3:GetObject', 's3:PutObject'],
        '<WarehouseBucket.Arn>': ['s3:ListBucket'],
        '<ControlOptimizerRole.Arn>': ['iam:PassRole'],
      },
    ],
    [
      'BackgroundExpiry',
      {
        ...catalog,
        ...history,
        '<BackgroundExpiryDeadLetters.Arn>': ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        '<TablesOnline.StreamArn>': [
          'dynamodb:ListStreams',
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
        ],
      },
    ],
    [
      'BackgroundOfflineOutbox',
      { ...catalog, '<HistoryStream.Arn>': ['firehose:PutRecordBatch'], '<OutboxQueue.Arn>': consume },
    ],
    ['DeletesStartDeleteSession', { ...ledger('GetItem', 'PutItem', 'DeleteItem'), ...online('Query'), ...enqueue }],
    ['DeletesStartErasure', { ...ledger('GetItem', 'PutItem', 'DeleteItem'), ...online('Query'), ...enqueue }],
    ['DeletesEraseRecords', { ...ledger('GetItem', 'PutItem'), ...online('DeleteItem'), ...enqueue }],
    ['DeletesReadDeleteSessions', ledger('GetItem', 'Query')],
    ['DeletesCancelDeleteSession', ledger('GetItem', 'PutItem', 'DeleteItem')],
    ['DeletesUndoDeleteSession', { ...ledger('GetItem', 'PutItem', 'DeleteItem'), ...enqueue }],
    ['RestoresStartRestore', { ...ledger('GetItem', 'PutItem'), ...online('Query'), ...enqueue }],
    ['RestoresGetRestore', ledger('GetItem')],
    ['SessionsSweep', { ...ledger('GetItem', 'Query', 'PutItem', 'DeleteItem'), ...enqueue }],
    [
      'BackgroundJobs',
      {
        ...ledger('GetItem', 'Query', 'PutItem', 'DeleteItem'),
        ...online('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'),
        ...history,
        '<OutboxQueue.Arn>': ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        '<JobsQueue.Arn>': ['sqs:SendMessage', ...consume],
        'arn:<AWS::Partition>:athena:<AWS::Region>:<AWS::AccountId>:workgroup/<AthenaWorkGroup>': [
          'athena:StartQueryExecution',
          'athena:GetQueryExecution',
          'athena:GetQueryResults',
        ],
        ...ofTables('glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable'),
        'glue database/default': ['glue:GetDatabase'],
        '<WarehouseBucket.Arn>': ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        '<WarehouseBucket.Arn>/warehouse/*': [...uploads, 's3:DeleteObject'],
        '<WarehouseBucket.Arn>/queries/*': uploads,
        '<WarehouseBucket.Arn>/extracts/*': [...uploads, 's3:DeleteObject'],
      },
    ],
  ])('%s may do what it needs and nothing else', (name, rights) => {
    expect(rightsOf(`${name}Role`)).toEqual({
      ...rights,
      [`<${name}Logs.Arn>`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      '*': ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    })
  })
  it('let Firehose deliver rows, and nothing else', () => {
    const files = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject', 's3:DeleteObject']
    expect(rightsOf('HistoryRole')).toEqual({
      ...ofTables('glue:GetTable', 'glue:GetDatabase', 'glue:UpdateTable'),
      '<WarehouseBucket.Arn>': ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      '<WarehouseBucket.Arn>/warehouse/*': files,
      '<WarehouseBucket.Arn>/errors/*': files,
      '<WarehouseBucket.Arn>/rows/*': files,
      '<HistoryLogs.Arn>': ['logs:PutLogEvents'],
    })
  })
  it('let Glue look after the tables, and nothing else', () => {
    expect(rightsOf('ControlOptimizerRole')).toEqual({
      ...ofTables('glue:GetTable', 'glue:UpdateTable'),
      '<WarehouseBucket.Arn>': ['s3:ListBucket', 's3:GetBucketLocation'],
      '<WarehouseBucket.Arn>/warehouse/*': ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws-glue/iceberg-*': [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
      ],
    })
  })
  it('are taken on by the services that they are for, and have no managed policies', () => {
    const taken = entries('AWS::IAM::Role').map(([id, { Properties }]) => {
      expect(Properties.ManagedPolicyArns).toBeUndefined()
      return [withoutDigest(id), Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service]
    })
    const services = { HistoryRole: 'firehose.amazonaws.com', ControlOptimizerRole: 'glue.amazonaws.com' }
    for (const [id, service] of taken) {
      expect(service).toBe(services[id as keyof typeof services] ?? 'lambda.amazonaws.com')
    }
    expect(taken).toHaveLength(23)
  })
  it('may be passed to Glue only', () => {
    const statements = properties('AWS::IAM::Policy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    const passing = statements.filter(({ Action }) => Action === 'iam:PassRole')
    expect(passing).toMatchObject([{ Condition: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } } }])
  })
})

describe('the functions', () => {
  it.each(entries('AWS::Lambda::Function'))('%s runs as all do', (id, { Properties }) => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'INFO' },
    })
    const logs = template.Resources[Properties.LoggingConfig.LogGroup.Ref]
    expect(logs).toMatchObject({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } })
    expect(withoutDigest(Properties.LoggingConfig.LogGroup.Ref)).toBe(withoutDigest(id).replace(/Function$/, 'Logs'))
  })
  it('end before API Gateway stops waiting, where it waits for them', () => {
    const behindRoutes = entries('AWS::Lambda::Function').filter(([id]) =>
      /^(Runtime|Deletes|Restores|Control|Unrouted)/.test(id),
    )
    expect(behindRoutes.map(([, { Properties }]) => Properties.Timeout)).toEqual(behindRoutes.map(() => 29))
    expect(behindRoutes).toHaveLength(17)
  })
  it('that follow a queue are through long before its messages come again', () => {
    for (const [queue, name] of [
      ['OutboxQueue', 'BackgroundOfflineOutboxFunction'],
      ['JobsQueue', 'BackgroundJobsFunction'],
    ] as const) {
      expect(property(queue).VisibilityTimeout).toBe(6 * property(name).Timeout)
    }
  })
  it('that sweeps delete sessions does so every hour', () => {
    const [rule, ...others] = properties('AWS::Events::Rule')
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' })
    expect(rule.Targets.map(({ Arn }: { Arn: unknown }) => textOf(Arn))).toEqual(['<SessionsSweepFunction.Arn>'])
    expect(others).toEqual([])
  })
  it('that accept delete sessions know for how long they can be undone', () => {
    const { Resources } = synthesize({ undoDays: '30' })
    const days = Object.values(Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? (Properties.Environment.Variables.UNDO_DAYS ?? []) : [],
    )
    expect(days).toEqual(['30', '30'])
    expect(() => synthesize({ undoDays: 0 })).toThrow(/cairn:undoDays/)
  })
  it('that accept restores know which delete sessions no restore honours', () => {
    const ignored = (settings: { ignoreDeletes?: string }) =>
      Object.values(synthesize(settings).Resources).flatMap(({ Type, Properties }) =>
        Type === 'AWS::Lambda::Function' ? (Properties.Environment.Variables.CAIRN_IGNORE_DELETE ?? []) : [],
      )
    expect(ignored({ ignoreDeletes: 'first,second' })).toEqual(['first,second'])
    expect(ignored({})).toEqual([])
  })
  it('that restore read what Athena extracts from a place of their own in the bucket', () => {
    const { EXTRACTS } = property('BackgroundJobsFunction').Environment.Variables
    expect(textOf(EXTRACTS)).toBe('s3://<WarehouseBucket>/extracts/')
  })
  it('that follow a queue take many messages at once only where they say which ones failed', () => {
    const mappings = properties('AWS::Lambda::EventSourceMapping').filter(({ StartingPosition }) => !StartingPosition)
    const told = mappings.map(({ EventSourceArn, BatchSize, FunctionResponseTypes, ScalingConfig }) => [
      textOf(EventSourceArn),
      { BatchSize, FunctionResponseTypes, ...ScalingConfig },
    ])
    expect(Object.fromEntries(told)).toEqual({
      '<OutboxQueue.Arn>': {
        BatchSize: 100,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumConcurrency: 5,
      },
      '<JobsQueue.Arn>': { BatchSize: 1, FunctionResponseTypes: undefined, MaximumConcurrency: 5 },
    })
  })
  it('hear of nothing but removals by time to live from the online table, and say which ones failed', () => {
    const [mapping] = properties('AWS::Lambda::EventSourceMapping').filter(({ StartingPosition }) => StartingPosition)
    expect(textOf(mapping.FunctionName)).toBe('<BackgroundExpiryFunction>')
    expect(textOf(mapping.EventSourceArn)).toBe('<TablesOnline.StreamArn>')
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
    })
    expect(mapping.MaximumRetryAttempts).toBeGreaterThan(0)
    expect(textOf(mapping.DestinationConfig.OnFailure.Destination)).toBe('<BackgroundExpiryDeadLetters.Arn>')
    expect(mapping.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern))).toEqual([
      { eventName: ['REMOVE'], userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } },
    ])
  })
})

describe('what holds data', () => {
  it.each(entries('AWS::DynamoDB::GlobalTable'))('%s is protected', (_, { Properties, DeletionPolicy }) => {
    expect(DeletionPolicy).toBe('Retain')
    expect(Properties.BillingMode).toBe('PAY_PER_REQUEST')
    expect(Properties.Replicas).toMatchObject([
      { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ])
  })
  it('stays when the stack goes', () => {
    for (const type of [
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::Glue::Database',
      'AWS::Logs::LogGroup',
    ]) {
      const policies = entries(type).map(([, { DeletionPolicy }]) => DeletionPolicy)
      expect([type, new Set(policies)]).toEqual([type, new Set(['Retain'])])
    }
  })
  it('removes expired records by itself, and tells what they were', () => {
    expect(property('TablesOnline')).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'x', Enabled: true },
      StreamSpecification: { StreamViewType: 'OLD_IMAGE' },
    })
    expect(entries('AWS::DynamoDB::GlobalTable')).toHaveLength(2)
  })
  it('is a bucket that is encrypted, private and reached over TLS only; nothing in it expires but errors, results and extracts', () => {
    const { BucketEncryption, PublicAccessBlockConfiguration, LifecycleConfiguration } = property('WarehouseBucket')
    expect(BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1)
    expect(PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    expect(property('WarehouseBucketPolicy').PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
    const expiring = LifecycleConfiguration.Rules.filter((rule: object) => 'ExpirationInDays' in rule)
    expect(expiring).toEqual([
      { ExpirationInDays: 90, Prefix: 'errors/', Status: 'Enabled' },
      { ExpirationInDays: 7, Prefix: 'queries/', Status: 'Enabled' },
      { ExpirationInDays: 7, Prefix: 'extracts/', Status: 'Enabled' },
    ])
  })
  it('goes with the stack when that was asked for', () => {
    const temporary = Object.values(synthesize({ removalPolicy: 'destroy' }).Resources)
    const policies = temporary.map(({ DeletionPolicy }) => DeletionPolicy)
    expect(policies).not.toContain('Retain')
    const tables = temporary.filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
    expect(tables.map(({ Properties }) => Properties.Replicas[0].DeletionProtectionEnabled)).toEqual([false, false])
  })
})

describe('the history', () => {
  const iceberg = () => property('HistoryStream').IcebergDestinationConfiguration

  it('is delivered to the table that each row names, by inserts alone', () => {
    expect(iceberg()).toMatchObject({ AppendOnly: true, s3BackupMode: 'FailedDataOnly' })
    expect(iceberg().DestinationTableConfigurationList).toBeUndefined()
    expect(iceberg().ProcessingConfiguration).toEqual({
      Enabled: true,
      Processors: [
        {
          Type: 'MetadataExtraction',
          Parameters: [
            {
              ParameterName: 'MetadataExtractionQuery',
              ParameterValue:
                '{destinationDatabaseName:"cairn_offline",destinationTableName:._table,operation:"insert"}',
            },
            { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
          ],
        },
      ],
    })
    expect(property('WarehouseDatabase').DatabaseInput.Name).toBe('cairn_offline')
  })
  it('has its undelivered rows set aside under the prefix that expires', () => {
    expect(iceberg().S3Configuration.ErrorOutputPrefix).toBe('errors/!{firehose:error-output-type}/')
  })
  it('is gathered as long as the settings say', () => {
    const { Resources } = synthesize({ bufferingSeconds: 60, bufferingMegabytes: 5 })
    const streams = Object.values(Resources).filter(({ Type }) => Type === 'AWS::KinesisFirehose::DeliveryStream')
    expect(streams.map(({ Properties }) => Properties.IcebergDestinationConfiguration.BufferingHints)).toEqual([
      { IntervalInSeconds: 60, SizeInMBs: 5 },
    ])
  })
  it('becomes plain files where there is no Iceberg', () => {
    const { Resources } = synthesize({ offlineDestination: 's3' })
    const streams = Object.values(Resources).filter(({ Type }) => Type === 'AWS::KinesisFirehose::DeliveryStream')
    expect(streams).toMatchObject([{ Properties: { ExtendedS3DestinationConfiguration: { Prefix: 'rows/' } } }])
    expect(streams[0]?.Properties.IcebergDestinationConfiguration).toBeUndefined()
  })
})

describe('the queries that erase', () => {
  it('have their results where the work group says, encrypted, whatever they ask for', () => {
    const { Name, WorkGroupConfiguration } = property('AthenaWorkGroup')
    expect(Name).toBe('cairn-erasures')
    expect(WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    })
    expect(textOf(WorkGroupConfiguration.ResultConfiguration.OutputLocation)).toBe('s3://<WarehouseBucket>/queries/')
  })
  it('begin when no row is on its way to its table any more', () => {
    const { Resources } = synthesize({ bufferingSeconds: 900 })
    const settling = Object.values(Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? (Properties.Environment.Variables.SETTLE_SECONDS ?? []) : [],
    )
    expect(settling).toEqual(['1500'])
  })
})

describe('the queues', () => {
  it('keep messages that failed too often, encrypted, for the longest time', () => {
    const queues = entries('AWS::SQS::Queue')
    const withDeadLetters = queues.filter(([, { Properties }]) => Properties.RedrivePolicy !== undefined)
    const targets = withDeadLetters.map(([id, { Properties }]) => [
      withoutDigest(id),
      textOf(Properties.RedrivePolicy.deadLetterTargetArn),
    ])
    expect(Object.fromEntries(targets)).toEqual({
      OutboxQueue: '<OutboxDeadLetters.Arn>',
      JobsQueue: '<JobsDeadLetters.Arn>',
    })
    for (const [, { Properties }] of queues) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true })
    }
  })
})

describe('the queue of jobs', () => {
  it('gives the message of a job back when it is tried no more, so that its work is ended', () => {
    expect(property('JobsQueue').RedrivePolicy.maxReceiveCount).toBe(JOB_RECEIVES)
    expect(JOB_RECEIVES).toBeGreaterThan(JOB_TRIES)
  })
})

describe('the alarms', () => {
  it('count the restores and the delete sessions that have failed, whichever operation they are of', () => {
    for (const name of ['FailedRestores', 'FailedSessions']) {
      const { MetricName, Namespace, Dimensions, Threshold } = property(`Alarms${name}`)
      expect({ MetricName, Namespace, Threshold }).toEqual({ MetricName: name, Namespace: 'Cairn', Threshold: 1 })
      expect(Dimensions).toEqual([{ Name: 'service', Value: 'cairn' }])
    }
  })
  it('tell the topic, say what to do, and do not fire for want of data', () => {
    for (const { AlarmActions, AlarmDescription, TreatMissingData } of properties('AWS::CloudWatch::Alarm')) {
      expect(AlarmActions.map(textOf)).toEqual(['<AlarmsTopic>'])
      expect(AlarmDescription.length).toBeGreaterThan(30)
      expect(TreatMissingData).toBe('notBreaching')
    }
    const [refused, allowed, ...others] = property('AlarmsTopicPolicy').PolicyDocument.Statement
    expect(refused).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
    expect(allowed).toMatchObject({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })
    expect(textOf(allowed.Resource)).toBe('<AlarmsTopic>')
    expect(others).toEqual([])
    expect(properties('AWS::SNS::Subscription')).toMatchObject([{ Protocol: 'email', Endpoint: 'team@example.com' }])
  })
  it.each([
    'ServerErrors',
    'FunctionThrottles',
    'WriteThrottles',
    'ReadThrottles',
    'FailedRows',
    'LateRows',
    'StreamThrottles',
    'OldestInOutbox',
    'OutboxDeadLetters',
    'ExpiryErrors',
    'OfflineOutboxErrors',
    'JobsErrors',
    'ExpiryAge',
    'ExpiryDeadLetters',
    'JobsDeadLetters',
    'FailedSessions',
    'SweepErrors',
    'DeleteFunctionThrottles',
    'FailedRestores',
    'RestoreFunctionThrottles',
  ])('have %s', (name) => {
    expect(entries('AWS::CloudWatch::Alarm').map(([id]) => withoutDigest(id))).toContain(`Alarms${name}`)
  })
})

describe('the dashboard', () => {
  const widgets: { properties: { title: string; metrics: unknown[] } }[] = JSON.parse(
    textOf(properties('AWS::CloudWatch::Dashboard')[0]?.DashboardBody),
  ).widgets
  const shown = Object.fromEntries(
    widgets.map(({ properties: { title, metrics } }) => [title, JSON.stringify(metrics)]),
  )

  it.each([
    [
      'Requests by operation',
      ['"Requests"', '"PutRecord"', '"GetRecord"', '"UpdateRecord"', '"AWS/ApiGateway","Count"'],
    ],
    ['Latency (ms)', ['"Latency"', '"p50"', '"p99"']],
    ['Errors', ['"5xx"', '"4xx"']],
    ['Capacity', ['"ConsumedWriteCapacityUnits"', '"ConsumedReadCapacityUnits"']],
    ['Throttles', ['"WriteThrottleEvents"', '"ReadThrottleEvents"', '"AWS/Lambda","Throttles"']],
    ['Historic writes and unprocessed entries', ['"HistoricWrites"', '"UnprocessedEntries"', '"BatchWriteRecord"']],
    ['Rows of history', ['"DeliveryToIceberg.SuccessfulRowCount"', '"DeliveryToIceberg.FailedRowCount"']],
    [
      'Seconds to delivery, and in the outbox',
      ['"DeliveryToIceberg.DataFreshness"', '"ApproximateAgeOfOldestMessage"', '<OutboxQueue.QueueName>'],
    ],
    [
      'Dead letters',
      ['<OutboxDeadLetters.QueueName>', '<JobsDeadLetters.QueueName>', '<BackgroundExpiryDeadLetters.QueueName>'],
    ],
    ['Requests for delete sessions', ['"StartDeleteSession"', '"UndoDeleteSession"', '"EraseRecords"']],
    ['Failed delete sessions', ['"FailedSessions"']],
    ['Jobs', ['<JobsQueue.QueueName>', '"Duration"']],
    ['Requests for restores', ['"StartRestore"']],
    ['Failed restores', ['"FailedRestores"']],
  ])('shows %s', (title, parts) => {
    for (const part of parts) expect(shown[title]).toContain(part)
  })
})

describe('the stack', () => {
  it('says where everything is', () => {
    const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => [name, textOf(Value)])
    expect(Object.fromEntries(outputs)).toEqual({
      ApiUrl: '<HttpApi.ApiEndpoint>',
      ApiId: '<HttpApi>',
      OnlineTable: '<TablesOnline>',
      CatalogTable: '<TablesCatalog>',
      WarehouseBucket: '<WarehouseBucket>',
      Database: 'cairn_offline',
      HistoryStream: '<HistoryStream>',
      OutboxDeadLettersArn: '<OutboxDeadLetters.Arn>',
      JobsDeadLettersArn: '<JobsDeadLetters.Arn>',
    })
  })
  it('is judged by cdk-nag, which refuses what is not acknowledged', () => {
    const open = () => synthesize({}, (app) => new Bucket(app.node.findChild('Cairn') as Stack, 'Open'))
    expect(open).toThrow(/AwsSolutions-S10/)
  })
  it('passes cdk-nag with functions in a VPC, which have no way to the internet', () => {
    const inVpc = Object.values(synthesize({ network: 'vpc-endpoints' }).Resources)
    const types = inVpc.map(({ Type }) => Type)
    expect(types).toContain('AWS::EC2::VPCEndpoint')
    expect(types).not.toContain('AWS::EC2::InternetGateway')
    expect(types).not.toContain('AWS::EC2::NatGateway')
    const functions = inVpc.filter(({ Type }) => Type === 'AWS::Lambda::Function')
    expect(functions.map(({ Properties }) => Properties.VpcConfig.SubnetIds.length)).toEqual(functions.map(() => 2))
  })
  it('gives roles no right on everything but tracing and, in a VPC, what a function in one needs', () => {
    const onEverything = (settings: { [setting: string]: string }) => {
      const policies = Object.values(synthesize(settings).Resources).filter(({ Type }) => Type === 'AWS::IAM::Policy')
      const statements: Resource['Properties'][] = policies.flatMap(
        ({ Properties }) => Properties.PolicyDocument.Statement,
      )
      return new Set(statements.flatMap((one) => ([one.Resource].flat().includes('*') ? one.Action : [])))
    }
    const all = { ingestPattern: '{"source":["shop"]}', ingestStream: 'on', ingestFiles: 'on' }
    const tracing = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']
    expect(onEverything(all)).toEqual(new Set(tracing))
    const inVpc = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets', 'DeleteNetworkInterface']
    expect(onEverything({ ...all, network: 'vpc-endpoints' })).toEqual(
      new Set([...tracing, ...inVpc.map((action) => `ec2:${action}`)]),
    )
  })
})
