import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group } from './deployment.ts'
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request.ts'
import { at, putRecord, recordOf, toRecord } from './records.ts'

const json = { 'content-type': 'application/json' }
const json11 = { 'content-type': 'application/x-amz-json-1.1' }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let group: Group
let path: string
beforeAll(async () => {
  group = await createGroup()
  path = `/FeatureGroup/${group.name}`
  await putRecord(group, { id: 'a', time: at(1), text: 'é' })
})

const put = (Record: unknown) => ({ method: 'PUT', path, headers: json, body: JSON.stringify({ Record }) })
const post = (suffix: string, input: object) => ({
  method: 'POST',
  path: suffix.startsWith('/Batch') ? suffix : `${path}${suffix}`,
  headers: json,
  body: JSON.stringify(input),
})
const target = (operation: string, input: object) => ({
  method: 'POST',
  path: '/',
  headers: { ...json11, 'x-amz-target': `SageMaker.${operation}` },
  body: JSON.stringify(input),
})

/** That an answer is an error in the form that both SDKs read. */
function expectError(answer: RawAnswer, { status, code, text }: { status: number; code: string; text: string }): void {
  const { Message, ...rest } = JSON.parse(answer.body)
  expect(Message).toContain(text)
  const isControlPlane = answer.headers.get('content-type') === 'application/x-amz-json-1.1'
  expect(rest).toEqual(isControlPlane ? { __type: code } : {})
  expect(answer.status).toBe(status)
  expect(answer.headers.get('x-amzn-errortype')).toBe(code)
  expect(answer.headers.get('x-amzn-requestid')).toMatch(UUID)
}

describe('a success', () => {
  it.each<[string, () => RawRequest]>([
    ['PutRecord', () => put(toRecord({ id: 'empty', time: at(1) }))],
    ['DeleteRecord', () => ({ method: 'DELETE', path, query: `RecordIdentifierValueAsString=x&EventTime=${at(1)}` })],
    ['UpdateRecord', () => post('/Record', { RecordIdentifierValueAsString: 'a', Features: toRecord({ count: '1' }) })],
  ])('of %s has an empty body', async (_, request) => {
    const { status, headers, body } = await sendRaw(request())
    expect({ status, body, length: headers.get('content-length') }).toEqual({ status: 200, body: '', length: '0' })
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-amzn-requestid')).toMatch(UUID)
  })
  it.each<[string, () => RawRequest, object]>([
    ['GetRecord of nothing', () => ({ method: 'GET', path, query: 'RecordIdentifierValueAsString=none' }), {}],
    [
      'BatchGetRecord of nothing',
      () =>
        post('/BatchGetRecord', {
          Identifiers: [{ FeatureGroupName: group.name, RecordIdentifiersValueAsString: ['none'] }],
        }),
      { Records: [], Errors: [], UnprocessedIdentifiers: [] },
    ],
    [
      'BatchWriteRecord',
      () =>
        post('/BatchWriteRecord', {
          Entries: [{ FeatureGroupName: group.name, Record: toRecord({ id: 'batch', time: at(1) }) }],
        }),
      { Errors: [], UnprocessedEntries: [] },
    ],
  ])('of %s is JSON', async (_, request, expected) => {
    const { status, headers, body } = await sendRaw(request())
    expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: expected })
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)))
    expect(headers.get('x-amzn-requestid')).toMatch(UUID)
  })
  it('of GetRecord has features with their one value and nothing else', async () => {
    await putRecord(group, { id: 'exact', time: at(1), text: 'é' })
    const { body } = await sendRaw({ method: 'GET', path, query: 'RecordIdentifierValueAsString=exact' })
    expect(JSON.parse(body)).toStrictEqual({
      Record: [
        { FeatureName: 'id', ValueAsString: 'exact' },
        { FeatureName: 'time', ValueAsString: at(1) },
        { FeatureName: 'text', ValueAsString: 'é' },
      ],
    })
  })
  it('of the control plane is JSON 1.1, with times as numbers of seconds', async () => {
    const { status, headers, body } = await sendRaw(target('DescribeFeatureGroup', { FeatureGroupName: group.name }))
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expect(headers.get('x-amzn-requestid')).toMatch(UUID)
    const { CreationTime, LastModifiedTime } = JSON.parse(body)
    expect(CreationTime).toBeGreaterThan(1_700_000_000)
    expect(CreationTime).toBeLessThan(100_000_000_000)
    expect(LastModifiedTime).toBeGreaterThanOrEqual(CreationTime)
  })
  it('of DeleteFeatureGroup and UpdateFeatureMetadata has an empty body', async () => {
    const { name: FeatureGroupName } = await createGroup()
    const metadata = { FeatureGroupName, FeatureName: 'text', Description: 'x' }
    expect(await sendRaw(target('UpdateFeatureMetadata', metadata))).toMatchObject({ status: 200, body: '' })
    expect(await sendRaw(target('DeleteFeatureGroup', { FeatureGroupName }))).toMatchObject({ status: 200, body: '' })
  })
  it('has a request id of its own each time', async () => {
    const request = { method: 'GET', path, query: 'RecordIdentifierValueAsString=a' }
    const ids = [await sendRaw(request), await sendRaw(request)].map(({ headers }) => headers.get('x-amzn-requestid'))
    expect(new Set(ids).size).toBe(2)
  })
})

describe('a bad entry of a batch', () => {
  it('is echoed letter for letter: its members, their order, its nulls', async () => {
    const entry = `{"TtlDuration":null,"Record":[{"ValueAsString":"x","FeatureName":"text"},{"FeatureName":"id","ValueAsString":null}],"FeatureGroupName":"${group.arn}"}`
    const { status, body } = await sendRaw({
      method: 'POST',
      path: '/BatchWriteRecord',
      headers: json,
      body: `{"Entries":[${entry}],"TtlDuration":{"Unit":"Days","Value":1}}`,
    })
    expect(status).toBe(200)
    expect(body).toContain(`"Entry":${entry}`)
  })
})

describe('a request', () => {
  it('may have an ARN in its path, encoded whole, for every operation of a group', async () => {
    const encoded = `/FeatureGroup/${encodeURIComponent(group.arn)}`
    expect(encoded).toContain('%2F')
    const requests: RawRequest[] = [
      { ...put(toRecord({ id: 'arn', time: at(1) })), path: encoded },
      { method: 'GET', path: encoded, query: 'RecordIdentifierValueAsString=arn' },
      {
        ...post('', { RecordIdentifierValueAsString: 'arn', Features: toRecord({ text: 'x' }) }),
        path: `${encoded}/Record`,
      },
      { ...post('', {}), path: `${encoded}/ListRecords` },
      { method: 'DELETE', path: encoded, query: `RecordIdentifierValueAsString=arn&EventTime=${at(2)}` },
    ]
    for (const request of requests) expect(await sendRaw(request)).toMatchObject({ status: 200 })
    expect(await recordOf(group, 'arn')).toBeUndefined()
  })
  it('may have no body at all where every member is optional', async () => {
    expect(await sendRaw({ method: 'POST', path: `${path}/ListRecords` })).toMatchObject({ status: 200 })
  })
  it('may repeat FeatureName, whose key is singular', async () => {
    const query = 'RecordIdentifierValueAsString=a&FeatureName=text&FeatureName=id'
    const { body } = await sendRaw({ method: 'GET', path, query })
    expect(JSON.parse(body)).toEqual({ Record: toRecord({ id: 'a', text: 'é' }) })
  })
  it('may have null for a member that is optional', async () => {
    const Record = [...toRecord({ id: 'null', time: at(1) }), { FeatureName: 'text', ValueAsString: null }]
    const body = JSON.stringify({ Record, TargetStores: null, TtlDuration: null })
    expect(await sendRaw({ method: 'PUT', path, headers: json, body })).toMatchObject({ status: 200 })
    expect(await recordOf(group, 'null')).toEqual({ id: 'null', time: at(1) })
  })
  it('may take the default time to live away with nulls', async () => {
    const TtlDuration = { Unit: 'Days' as const, Value: 1 }
    const { name: FeatureGroupName } = await createGroup({
      OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration },
    })
    const OnlineStoreConfig = { TtlDuration: { Unit: null, Value: null } }
    const update = await sendRaw(target('UpdateFeatureGroup', { FeatureGroupName, OnlineStoreConfig }))
    expect(update.status).toBe(200)
    const { body } = await sendRaw(target('DescribeFeatureGroup', { FeatureGroupName }))
    expect(JSON.parse(body).OnlineStoreConfig).toEqual({ EnableOnlineStore: true, StorageType: 'Standard' })
  })
  it('may escape what is not ASCII, or not', async () => {
    const record = (id: string, text: string) =>
      `{"Record":[{"FeatureName":"id","ValueAsString":"${id}"},{"FeatureName":"time","ValueAsString":"${at(1)}"},{"FeatureName":"text","ValueAsString":"${text}"}]}`
    await sendRaw({ method: 'PUT', path, headers: json, body: record('escaped', 'Z\\u00fcrich \\ud83e\\udd89') })
    await sendRaw({ method: 'PUT', path, headers: json, body: record('plain', 'Zürich 🦉') })
    expect(await recordOf(group, 'escaped')).toMatchObject({ text: 'Zürich 🦉' })
    expect(await recordOf(group, 'plain')).toMatchObject({ text: 'Zürich 🦉' })
  })
  it('may encode its query in any way that is allowed', async () => {
    await putRecord(group, { id: 'a+b c/d', time: at(1) })
    for (const id of ['a%2Bb%20c%2Fd', '%61%2bb%20c/d']) {
      const { body } = await sendRaw({ method: 'GET', path, query: `RecordIdentifierValueAsString=${id}` })
      expect(JSON.parse(body).Record).toHaveLength(2)
    }
  })
})

describe('an error', () => {
  it('of the runtime has its code in a header and its Message in the body', async () => {
    const answer = await sendRaw(put(toRecord({ id: 'a' })))
    expect(answer.headers.get('content-type')).toBe('application/json')
    expectError(answer, { status: 400, code: 'ValidationError', text: "'time'" })
  })
  it('of the control plane has its code in the body too', async () => {
    const answer = await sendRaw(target('DescribeFeatureGroup', { FeatureGroupName: 'never-made' }))
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1')
    expectError(answer, { status: 400, code: 'ResourceNotFound', text: 'never-made' })
  })
  it('has the status that its operation documents', async () => {
    const get = { method: 'GET', path: '/FeatureGroup/never-made', query: 'RecordIdentifierValueAsString=a' }
    expectError(await sendRaw(get), { status: 404, code: 'ResourceNotFound', text: 'never-made' })
    const Features = toRecord({ time: at(0) })
    const update = await sendRaw(post('/Record', { RecordIdentifierValueAsString: 'a', Features }))
    expectError(update, { status: 409, code: 'ConflictException', text: at(0) })
  })
  it('never has a Message of more than 2,048 characters', async () => {
    const Record = Array.from({ length: 200 }, () => ({ FeatureName: '-'.repeat(500) }))
    const { status, body } = await sendRaw(put(Record))
    expect(status).toBe(400)
    expect(JSON.parse(body).Message.length).toBeLessThanOrEqual(2_048)
  })
  it.each<[string, () => RawRequest, { status: number; code: string; text: string }]>([
    [
      'an unknown target',
      () => target('CreateModel', {}),
      { status: 404, code: 'UnknownOperationException', text: "'SageMaker.CreateModel'" },
    ],
    [
      'a missing target',
      () => ({ method: 'POST', path: '/', headers: json11, body: '{}' }),
      { status: 404, code: 'UnknownOperationException', text: 'X-Amz-Target' },
    ],
    [
      'a method that the path does not have',
      () => ({ method: 'PATCH', path }),
      { status: 405, code: 'MethodNotAllowedException', text: "'PATCH'" },
    ],
    [
      'a member that the operation does not have',
      () => ({ ...put(toRecord({ id: 'b', time: at(1) })), body: '{"Records":[]}' }),
      { status: 400, code: 'ValidationError', text: "'records'" },
    ],
    [
      'a missing query member',
      () => ({ method: 'GET', path }),
      { status: 400, code: 'ValidationError', text: "'recordIdentifierValueAsString'" },
    ],
    [
      'a missing member of the control plane',
      () => target('DescribeFeatureGroup', {}),
      { status: 400, code: 'ValidationException', text: "'featureGroupName'" },
    ],
  ])('answers %s', async (_, request, expected) => {
    expectError(await sendRaw(request()), expected)
  })
})
