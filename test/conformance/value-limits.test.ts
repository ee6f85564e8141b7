import { BatchWriteRecordCommand } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, putRecord, recordOf, toRecord } from './records.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

describe('an Integral feature', () => {
  it.each([
    '0',
    '-0',
    '+7',
    '007',
    '9223372036854775807',
    '-9223372036854775808',
    '+9223372036854775807',
    '000000000009223372036854775807',
  ])('may be %s', async (count) => {
    await putRecord(group, { id: `count ${count}`, time: at(1), count })
    expect(await recordOf(group, `count ${count}`)).toMatchObject({ count })
  })
  it.each([
    '',
    '9223372036854775808',
    '-9223372036854775809',
    '1.0',
    '1e3',
    '0x1F',
    '1_000',
    '1,000',
    ' 1',
    '1 ',
    '--1',
    '+',
    'one',
    'NaN',
    'true',
    '１',
  ])('must not be %j', async (count) => {
    await expectError(putRecord(group, { id: 'refused', time: at(1), count }), 'ValidationError', `'${count}'`)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })
})

describe('a Fractional feature', () => {
  it.each([
    '0',
    '-0.0',
    '.5',
    '5.',
    '1e308',
    '-1.7976931348623157e308',
    '4.9e-324',
    '1e-999',
    '9223372036854775808',
    '+1E+2',
  ])('may be %s', async (ratio) => {
    await putRecord(group, { id: `ratio ${ratio}`, time: at(1), ratio })
    expect(await recordOf(group, `ratio ${ratio}`)).toMatchObject({ ratio })
  })
  it.each([
    '',
    '.',
    'e5',
    '1e',
    'NaN',
    'nan',
    'Infinity',
    '-inf',
    '1e309',
    '-1e309',
    '0x1p3',
    '1,5',
    ' 1.5',
    '1.5f',
    '1.5.1',
  ])('must not be %j', async (ratio) => {
    await expectError(putRecord(group, { id: 'refused', time: at(1), ratio }), 'ValidationError', `'${ratio}'`)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })
})

describe('an identifier', () => {
  it.each([
    ['one byte', 'x'],
    ['2,048 bytes of ASCII', 'x'.repeat(2_048)],
    ['2,048 bytes of two-byte characters', 'é'.repeat(1_024)],
    ['2,048 bytes of four-byte characters', '🦉'.repeat(512)],
  ])('may have %s', async (_, id) => {
    await putRecord(group, { id, time: at(1), text: 'x' })
    expect(await recordOf(group, id)).toEqual({ id, time: at(1), text: 'x' })
  })
  it('is told from another one of 2,048 bytes that differs in the last', async () => {
    const start = 'y'.repeat(2_047)
    await putRecord(group, { id: `${start}1`, time: at(1), text: 'one' })
    await putRecord(group, { id: `${start}2`, time: at(1), text: 'two' })
    expect(await recordOf(group, `${start}1`)).toMatchObject({ id: `${start}1`, text: 'one' })
    expect(await recordOf(group, `${start}2`)).toMatchObject({ id: `${start}2`, text: 'two' })
  })
  it.each([
    ['2,049 bytes of ASCII', 'x'.repeat(2_049)],
    ['2,049 bytes, though fewer characters', `${'é'.repeat(1_024)}x`],
  ])('must not have %s', async (_, id) => {
    await expectError(putRecord(group, { id, time: at(1) }), 'ValidationError', 'has 2049 bytes')
    await expectError(recordOf(group, id), 'ValidationError', 'has 2049 bytes')
    await expectError(deleteRecord(group, id, at(1)), 'ValidationError', 'has 2049 bytes')
  })
})

/** The bytes of all names and values of a record `{ id: 'large', time: at(1), text }` but the text's. */
const OTHER_BYTES = 'id'.length + 'large'.length + 'time'.length + at(1).length + 'text'.length
const MAX_BYTES = 350 * 1_024

describe('a record', () => {
  it('may have 350 KB', async () => {
    const text = 'x'.repeat(MAX_BYTES - OTHER_BYTES)
    await putRecord(group, { id: 'large', time: at(1), text })
    expect(await recordOf(group, 'large')).toEqual({ id: 'large', time: at(1), text })
  })
  it('may have 350 KB of text outside ASCII', async () => {
    const text = 'é'.repeat((MAX_BYTES - OTHER_BYTES - 1) / 2)
    await putRecord(group, { id: 'large', time: at(1), text })
    expect(await recordOf(group, 'large')).toMatchObject({ text })
  })
  it('must not have a byte more', async () => {
    const text = 'x'.repeat(MAX_BYTES - OTHER_BYTES + 1)
    const call = putRecord(group, { id: 'large', time: at(2), text })
    await expectError(call, 'ValidationError', `has ${MAX_BYTES + 1} bytes`)
    expect(await recordOf(group, 'large')).toMatchObject({ time: at(1) })
  })
  it('must not be larger in bytes, though it is not in characters', async () => {
    const call = putRecord(group, { id: 'large', time: at(2), text: 'é'.repeat(MAX_BYTES / 2) })
    await expectError(call, 'ValidationError', `must not have more than ${MAX_BYTES}`)
  })
  it('must not have a value of more than 358,400 characters', async () => {
    const call = putRecord(group, { id: 'large', time: at(2), text: 'x'.repeat(358_401) })
    await expectError(call, 'ValidationError', 'length less than or equal to 358400')
  })
  it('that is too large is one bad entry of a batch', async () => {
    const large = toRecord({ id: 'too-large', time: at(1), text: 'x'.repeat(MAX_BYTES) })
    const good = toRecord({ id: 'beside-too-large', time: at(1) })
    const Entries = [large, good].map((Record) => ({ FeatureGroupName: group.name, Record }))
    const { Errors } = await runtime.send(new BatchWriteRecordCommand({ Entries }))
    expect(Errors).toMatchObject([{ ErrorCode: 'ValidationError', Entry: { Record: large } }])
    expect(await recordOf(group, 'beside-too-large')).toBeDefined()
  })
  it('may have a value for each of 2,500 features', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 2_498 }, (_, index) => `feature_${index}`)
    const FeatureDefinitions = ['id', 'time', ...names].map((FeatureName) => ({
      FeatureName,
      FeatureType: 'String' as const,
    }))
    const wide = await createGroup({ FeatureDefinitions })
    const record = { id: 'wide', time: at(1), ...Object.fromEntries(names.map((name) => [name, name])) }
    await putRecord(wide, record)
    expect(await recordOf(wide, 'wide')).toEqual(record)
  })
})

describe('an identifier of another type', () => {
  it.each([
    { FeatureType: 'Integral', good: '0010', bad: 'ten' },
    { FeatureType: 'Fractional', good: '10.0', bad: 'NaN' },
  ] as const)('$FeatureType is checked, and compared as text', async ({ FeatureType, good, bad }) => {
    const FeatureDefinitions = [
      { FeatureName: 'id', FeatureType },
      { FeatureName: 'time', FeatureType: 'String' as const },
    ]
    const numbers = await createGroup({ FeatureDefinitions })
    await putRecord(numbers, { id: good, time: at(1) })
    expect(await recordOf(numbers, good)).toEqual({ id: good, time: at(1) })
    expect(await recordOf(numbers, '10')).toBeUndefined()
    await expectError(putRecord(numbers, { id: bad, time: at(1) }), 'ValidationError', `'${bad}'`)
  })
})
