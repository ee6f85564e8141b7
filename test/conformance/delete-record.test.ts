import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, isoTime, putRecord, recordOf } from './records.ts'

const hard = { DeletionMode: 'HardDelete' } as const

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

describe('a soft delete', () => {
  it('is what DeleteRecord does unless told otherwise, and hides the record', async () => {
    await putRecord(group, { id: 'hidden', time: at(1), text: 'x' })
    await deleteRecord(group, 'hidden', at(2))
    expect(await recordOf(group, 'hidden')).toBeUndefined()
    await putRecord(group, { id: 'hidden', time: at(1), text: 'late' })
    expect(await recordOf(group, 'hidden')).toBeUndefined()
  })
  it('can be asked for by name', async () => {
    await putRecord(group, { id: 'named', time: at(1) })
    await deleteRecord(group, 'named', at(2), { DeletionMode: 'SoftDelete' })
    expect(await recordOf(group, 'named')).toBeUndefined()
  })
  it('leaves a record alone that is newer, and answers 200', async () => {
    await putRecord(group, { id: 'newer', time: at(3), text: 'stays' })
    const { $metadata } = await deleteRecord(group, 'newer', at(2))
    expect($metadata.httpStatusCode).toBe(200)
    expect(await recordOf(group, 'newer')).toMatchObject({ text: 'stays' })
  })
  it('leaves a record alone that is of the same event time', async () => {
    await putRecord(group, { id: 'same', time: at(2), text: 'stays' })
    await deleteRecord(group, 'same', at(2))
    expect(await recordOf(group, 'same')).toMatchObject({ text: 'stays' })
  })
  it('fences records that arrive after it and are older, when there was none', async () => {
    await deleteRecord(group, 'early', at(5))
    await putRecord(group, { id: 'early', time: at(4) })
    expect(await recordOf(group, 'early')).toBeUndefined()
  })
  it('moves its fence on when it is repeated with a later event time, and never back', async () => {
    await deleteRecord(group, 'moved', at(2))
    await deleteRecord(group, 'moved', at(6))
    await deleteRecord(group, 'moved', at(4))
    await putRecord(group, { id: 'moved', time: at(5) })
    expect(await recordOf(group, 'moved')).toBeUndefined()
    await putRecord(group, { id: 'moved', time: at(7) })
    expect(await recordOf(group, 'moved')).toEqual({ id: 'moved', time: at(7) })
  })
  it('leaves nothing of the record behind for a newer one', async () => {
    await putRecord(group, { id: 'clean', time: at(1), text: 'x', count: '1' })
    await deleteRecord(group, 'clean', at(2))
    await putRecord(group, { id: 'clean', time: at(3), ratio: '2' })
    expect(await recordOf(group, 'clean')).toEqual({ id: 'clean', time: at(3), ratio: '2' })
  })
  it('leaves every other record alone', async () => {
    await putRecord(group, { id: 'neighbour', time: at(1) })
    await deleteRecord(group, 'neighbou', at(2))
    expect(await recordOf(group, 'neighbour')).toBeDefined()
  })
})

describe('a hard delete', () => {
  it('removes the record and its fence: an older event is taken afterwards', async () => {
    await putRecord(group, { id: 'removed', time: at(5), text: 'newer' })
    await deleteRecord(group, 'removed', at(6), hard)
    expect(await recordOf(group, 'removed')).toBeUndefined()
    await putRecord(group, { id: 'removed', time: at(1), text: 'older' })
    expect(await recordOf(group, 'removed')).toMatchObject({ text: 'older' })
  })
  it('removes a tombstone too', async () => {
    await deleteRecord(group, 'tombstone', at(5))
    await deleteRecord(group, 'tombstone', at(6), hard)
    await putRecord(group, { id: 'tombstone', time: at(1) })
    expect(await recordOf(group, 'tombstone')).toEqual({ id: 'tombstone', time: at(1) })
  })
  it('is refused when the record is newer, and the record stays', async () => {
    await putRecord(group, { id: 'stale', time: at(5), text: 'stays' })
    const call = deleteRecord(group, 'stale', at(4), hard)
    await expectError(call, 'ValidationError', `EventTime '${at(4)}' is not later`)
    expect(await recordOf(group, 'stale')).toMatchObject({ text: 'stays' })
  })
  it('is refused when the record is of the same event time', async () => {
    await putRecord(group, { id: 'equal', time: at(5) })
    await expectError(deleteRecord(group, 'equal', at(5), hard), 'ValidationError', `EventTime '${at(5)}'`)
    expect(await recordOf(group, 'equal')).toBeDefined()
  })
  it('is refused when a tombstone is as new', async () => {
    await deleteRecord(group, 'as-new', at(5))
    await expectError(deleteRecord(group, 'as-new', at(5), hard), 'ValidationError', `EventTime '${at(5)}'`)
    await putRecord(group, { id: 'as-new', time: at(4) })
    expect(await recordOf(group, 'as-new')).toBeUndefined()
  })
  it('succeeds when there is no record, and leaves no fence', async () => {
    const { $metadata } = await deleteRecord(group, 'nothing', at(5), hard)
    expect($metadata.httpStatusCode).toBe(200)
    await putRecord(group, { id: 'nothing', time: at(1) })
    expect(await recordOf(group, 'nothing')).toBeDefined()
  })
  it('succeeds at any event time when the record has expired', async () => {
    const past = Math.floor(Date.now() / 1000) - 3_600
    await putRecord(group, { id: 'expired', time: isoTime(past) }, { TtlDuration: { Unit: 'Seconds', Value: 1 } })
    const { $metadata } = await deleteRecord(group, 'expired', at(1), hard)
    expect($metadata.httpStatusCode).toBe(200)
  })
})

describe('DeleteRecord refuses', () => {
  it('a DeletionMode that is none', async () => {
    const call = deleteRecord(group, 'a', at(1), { DeletionMode: 'Erase' as 'HardDelete' })
    await expectError(call, 'ValidationError', "'Erase'")
  })
  it('an empty identifier', async () => {
    await expectError(deleteRecord(group, '', at(1)), 'ValidationError', "''")
  })
})
