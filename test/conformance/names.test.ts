import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  DeleteRecordCommand,
  GetRecordCommand,
  ListRecordsCommand,
  PutRecordCommand,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime, uniqueName } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, toRecord, toValues } from './records.ts'

const RecordIdentifierValueAsString = 'a'

/** Every operation on the record 'a' of the group that is called so, in an order in which each finds what it needs. */
const CALLS = {
  PutRecord: (FeatureGroupName: string) =>
    runtime.send(new PutRecordCommand({ FeatureGroupName, Record: toRecord({ id: 'a', time: at(1) }) })),
  BatchWriteRecord: (FeatureGroupName: string) => {
    const Entries = [{ FeatureGroupName, Record: toRecord({ id: 'b', time: at(1) }) }]
    return runtime.send(new BatchWriteRecordCommand({ Entries }))
  },
  UpdateRecord: (FeatureGroupName: string) => {
    const Features = toRecord({ text: 'updated' })
    return runtime.send(new UpdateRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString, Features }))
  },
  GetRecord: (FeatureGroupName: string) =>
    runtime.send(new GetRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString })),
  BatchGetRecord: (FeatureGroupName: string) => {
    const Identifiers = [{ FeatureGroupName, RecordIdentifiersValueAsString: ['a', 'b'] }]
    return runtime.send(new BatchGetRecordCommand({ Identifiers }))
  },
  ListRecords: (FeatureGroupName: string) => runtime.send(new ListRecordsCommand({ FeatureGroupName })),
  DeleteRecord: (FeatureGroupName: string) =>
    runtime.send(new DeleteRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString, EventTime: at(2) })),
}

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

describe.each(['name', 'arn'] as const)('a group called by its %s', (form) => {
  it('is found by all seven operations', async () => {
    const name = group[form]
    await CALLS.PutRecord(name)
    expect((await CALLS.BatchWriteRecord(name)).Errors).toEqual([])
    await CALLS.UpdateRecord(name)
    expect(toValues((await CALLS.GetRecord(name)).Record)).toEqual({ id: 'a', time: at(1), text: 'updated' })
    const { Records, Errors } = await CALLS.BatchGetRecord(name)
    expect(Errors).toEqual([])
    expect(Records?.map(({ FeatureGroupName }) => FeatureGroupName)).toEqual([name, name])
    expect((await CALLS.ListRecords(name)).RecordIdentifiers?.toSorted()).toEqual(['a', 'b'])
    await CALLS.DeleteRecord(name)
    expect((await CALLS.ListRecords(name)).RecordIdentifiers).toEqual(['b'])
    await runtime.send(
      new DeleteRecordCommand({
        FeatureGroupName: name,
        RecordIdentifierValueAsString: 'a',
        EventTime: at(3),
        DeletionMode: 'HardDelete',
      }),
    )
  })
})

/** Names of groups that are not there, by what is wrong with them. */
const MISSING: { [what: string]: () => string } = {
  'an unknown name': () => uniqueName(),
  'the ARN of an unknown name': () => group.arn.replace(group.name, uniqueName()),
  'an ARN of another region': () => group.arn.replace(/^(arn:[^:]*:[^:]*):[^:]*/, '$1:ap-south-2'),
  'an ARN of another account': () => group.arn.replace(/:\d{12}:/, ':999999999999:'),
  'a name that differs in case': () => group.name.toUpperCase(),
}

describe.each(Object.entries(MISSING))('a group called by %s', (_, missing) => {
  let name: string
  let message: string
  beforeAll(() => {
    name = missing()
    message = `Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name ${name}`
  })

  it.each([
    'PutRecord',
    'DeleteRecord',
  ] as const)('is a ValidationError of %s, which knows no ResourceNotFound', async (operation) => {
    await expectError(CALLS[operation](name), 'ValidationError', message)
  })
  it.each(['GetRecord', 'ListRecords', 'UpdateRecord'] as const)('is a ResourceNotFound of %s', async (operation) => {
    await expectError(CALLS[operation](name), 'ResourceNotFound', message)
  })
  it('is an error of each identifier in BatchGetRecord', async () => {
    const { Records, Errors, UnprocessedIdentifiers } = await CALLS.BatchGetRecord(name)
    expect({ Records, UnprocessedIdentifiers }).toEqual({ Records: [], UnprocessedIdentifiers: [] })
    expect(Errors).toEqual(
      ['a', 'b'].map((identifier) => ({
        FeatureGroupName: name,
        RecordIdentifierValueAsString: identifier,
        ErrorCode: 'ResourceNotFound',
        ErrorMessage: message,
      })),
    )
  })
  it('is an error of its entry in BatchWriteRecord', async () => {
    const { Errors, UnprocessedEntries } = await CALLS.BatchWriteRecord(name)
    expect(UnprocessedEntries).toEqual([])
    expect(Errors).toMatchObject([
      { Entry: { FeatureGroupName: name }, ErrorCode: 'ResourceNotFound', ErrorMessage: message },
    ])
  })
})

describe.each([
  ['with a space', 'a b'],
  ['that begins with a hyphen', '-a'],
  ['that ends in an underscore', 'a_'],
  ['with a dot', 'a.b'],
  ['outside ASCII', 'zürich'],
  ['of 65 characters', 'a'.repeat(65)],
  ['that is an ARN of another resource', 'arn:aws:sagemaker:us-east-1:000000000000:model/a'],
  ['that is an ARN of another service', 'arn:aws:s3:us-east-1:000000000000:feature-group/a'],
  ['that is an ARN with a short account', 'arn:aws:sagemaker:us-east-1:12345:feature-group/a'],
  ['that has a path', 'a/b'],
])('a name %s', (_, name) => {
  it.each([
    'PutRecord',
    'GetRecord',
    'DeleteRecord',
    'ListRecords',
    'UpdateRecord',
  ] as const)('is refused by %s', async (operation) => {
    await expectError(CALLS[operation](name), 'ValidationError', 'featureGroupName')
  })
  it('is refused by BatchGetRecord', async () => {
    await expectError(CALLS.BatchGetRecord(name), 'ValidationError', 'featureGroupName')
  })
  it('is a bad entry of BatchWriteRecord', async () => {
    const { Errors } = await CALLS.BatchWriteRecord(name)
    expect(Errors).toMatchObject([
      { ErrorCode: 'ValidationError', ErrorMessage: expect.stringContaining('featureGroupName') },
    ])
  })
})

describe('the longest name', () => {
  it('of 64 characters is found by its ARN', async () => {
    const longest = await createGroup({ FeatureGroupName: `${uniqueName()}${'x'.repeat(64)}`.slice(0, 64) })
    await CALLS.PutRecord(longest.arn)
    expect(toValues((await CALLS.GetRecord(longest.arn)).Record)).toEqual({ id: 'a', time: at(1) })
  })
  it('is in no ARN of more than 150 characters', async () => {
    const name = `arn:aws:sagemaker:${'x'.repeat(100)}:000000000000:feature-group/${'a'.repeat(64)}`
    await expectError(CALLS.GetRecord(name), 'ValidationError', 'length less than or equal to 150')
  })
})
