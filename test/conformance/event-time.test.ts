import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group } from './deployment.ts'
import { expectError } from './errors.ts'
import { deleteRecord, putRecord, recordOf } from './records.ts'

describe('the event time of a group with a String event time feature', () => {
  let group: Group
  beforeAll(async () => {
    group = await createGroup()
  })

  it.each([
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00.001Z',
    '1969-12-31T23:59:59.999Z',
    '9999-12-31T23:59:59.999Z',
  ])('may be %s, and comes back verbatim', async (time) => {
    await putRecord(group, { id: time, time })
    expect(await recordOf(group, time)).toEqual({ id: time, time })
  })

  it.each([
    '',
    'now',
    '1767225600',
    '2026-01-01',
    '2026-01-01T00:00Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00z',
    '2026-01-01t00:00:00Z',
    '2026-01-01T00:00:00+00:00',
    '2026-01-01T00:00:00.0Z',
    '2026-01-01T00:00:00.0000Z',
    '2026-01-01T00:00:00,000Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-01-01T23:59:60Z',
    '10000-01-01T00:00:00Z',
    '-001-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
  ])('must not be %j, in a record or a delete', async (time) => {
    await expectError(putRecord(group, { id: 'refused', time }), 'ValidationError', `'${time}'`)
    await expectError(deleteRecord(group, 'refused', time), 'ValidationError', `'${time}'`)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })
})

describe('the event time of a group with a Fractional event time feature', () => {
  let group: Group
  beforeAll(async () => {
    const FeatureDefinitions = [
      { FeatureName: 'id', FeatureType: 'String' as const },
      { FeatureName: 'time', FeatureType: 'Fractional' as const },
      { FeatureName: 'text', FeatureType: 'String' as const },
    ]
    group = await createGroup({ FeatureDefinitions })
  })

  it.each([
    '1767225600',
    '1767225600.0',
    '1767225600.123',
    '1.7672256E9',
    '0',
    '-1.5',
    '.5',
    '253402300799.999',
    '-62167219200',
  ])('may be %s seconds since 1970, and comes back verbatim', async (time) => {
    await putRecord(group, { id: time, time })
    expect(await recordOf(group, time)).toEqual({ id: time, time })
  })

  it.each([
    '',
    'NaN',
    'Infinity',
    '0x10',
    '1,5',
    ' 1',
    '1_000',
    '2026-01-01T00:00:00Z',
    '253402300800',
    '-62167219201',
    '1767225600000',
  ])('must not be %j, in a record or a delete', async (time) => {
    await expectError(putRecord(group, { id: 'refused', time }), 'ValidationError', `'${time}'`)
    await expectError(deleteRecord(group, 'refused', time), 'ValidationError', `'${time}'`)
    expect(await recordOf(group, 'refused')).toBeUndefined()
  })

  it('is compared as a number, not as text', async () => {
    await putRecord(group, { id: 'number', time: '10', text: 'newer' })
    await putRecord(group, { id: 'number', time: '9', text: 'older' })
    expect(await recordOf(group, 'number')).toMatchObject({ text: 'newer' })
  })
  it('is exact to the microsecond, where a double of milliseconds is not', async () => {
    await putRecord(group, { id: 'exact', time: '1767225600.000002', text: 'newer' })
    await putRecord(group, { id: 'exact', time: '1767225600.000001', text: 'older' })
    expect(await recordOf(group, 'exact')).toMatchObject({ text: 'newer' })
  })
  it('is equal to the same number in another form', async () => {
    await putRecord(group, { id: 'same', time: '1767225600', text: 'first' })
    await putRecord(group, { id: 'same', time: '1.7672256e9', text: 'second' })
    expect(await recordOf(group, 'same')).toEqual({ id: 'same', time: '1.7672256e9', text: 'second' })
  })
  it('fences late events after a delete', async () => {
    await deleteRecord(group, 'fenced', '5.5')
    await putRecord(group, { id: 'fenced', time: '5.499' })
    expect(await recordOf(group, 'fenced')).toBeUndefined()
    await putRecord(group, { id: 'fenced', time: '5.501' })
    expect(await recordOf(group, 'fenced')).toEqual({ id: 'fenced', time: '5.501' })
  })
})
