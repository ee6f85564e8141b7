import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeAlone } from './bad-input/connection.ts'
import { assertRefused } from './bad-input/expectation.ts'
import type { Tree } from './bad-input/json.ts'
import { MANY_FEATURES, NEAR_MISSES } from './bad-input/near-misses.ts'
import { chunked, type Input, type Request, toBytes, toRequest, withHeaders } from './bad-input/request.ts'
import { type Call, caller, EVENT_TIME, GROUP, KEYS, seed, wideRecord } from './bad-input/seeded-store.ts'
import { OPERATIONS, SHAPES } from './bad-input/shapes.ts'
import { validInputs } from './bad-input/valid-requests.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const MAX_BODY_BYTES = 10 * 1024 * 1024
const ODD_GROUP = 'odd'

describe('input that is all but bad', () => {
  let server: ServerProcess
  let directory: string
  let port: number
  let call: Call
  let close: () => void
  let recordsToken: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-near-misses-'))
    server = startServerProcess(directory, '--log-level', 'warn')
    port = (await server.ready).port
    ;({ call, close } = caller(port))
    ;({ recordsToken } = await seed(call))
    await call('CreateFeatureGroup', MANY_FEATURES)
    await call('PutRecord', {
      FeatureGroupName: MANY_FEATURES.FeatureGroupName,
      Record: wideRecord('seed').slice(0, 2),
    })
    await call('CreateFeatureGroup', { ...MANY_FEATURES, FeatureGroupName: ODD_GROUP, ...KEYS })
  })

  afterAll(async () => {
    close()
    server.kill('SIGTERM')
    await server.ended
    await rm(directory, { recursive: true })
  })

  it.each(NEAR_MISSES)('is accepted by $operation at the limit ($limit) and refused past it', async (miss) => {
    await call(miss.operation, miss.at)
    const bytes = toBytes(toRequest(miss.operation, miss.past))
    const answer = await exchangeAlone(port, bytes, false)
    const status = miss.limit === 'the time of the record' ? 409 : [400, 404]
    assertRefused(answer, { kind: miss.limit, bytes, refusal: { status } })
  })

  it.each(OPERATIONS)('is accepted by %s with null for every member that may be missing', async (operation) => {
    const { members, required } = SHAPES[operation]
    const [, small] = validInputs(recordsToken)[operation]
    const names = Object.keys(members).filter((name) => !required.includes(name) && !Object.hasOwn(small, name))
    const nulls: Input = Object.fromEntries(names.map((name): [string, Tree] => [name, null]))
    const own: Input = operation === 'CreateFeatureGroup' ? { FeatureGroupName: 'all-null' } : {}
    const isQuery = operation === 'GetRecord' || operation === 'DeleteRecord'
    await call(operation, { ...small, ...(isQuery ? {} : nulls), ...own })
    if (operation === 'DeleteFeatureGroup') await seedNumbers(call)
  })

  const list = (body = '{}'): Request => ({ ...toRequest('ListRecords', wide), body: Buffer.from(body) })
  const wide = { FeatureGroupName: GROUP.wide }
  it.each<[string, () => Buffer]>([
    ['without a content type', () => toBytes(withHeaders(list(), { 'content-type': undefined }))],
    ['as a form', () => toBytes(withHeaders(list(), { 'content-type': 'application/x-www-form-urlencoded' }))],
    ['with an encoding that is none', () => toBytes(withHeaders(list(), { 'content-encoding': 'identity' }))],
    [
      'in chunks',
      () =>
        toBytes({ ...withHeaders(list(), { 'transfer-encoding': 'chunked' }), body: chunked(Buffer.from('{ }'), 1) }),
    ],
    ['without a body', () => toBytes({ ...list(), body: undefined })],
    ['with white space around it', () => toBytes(list(' \r\n\t{ } \n'))],
    ['of 10 MB', () => toBytes(list(`{}${' '.repeat(MAX_BODY_BYTES - 2)}`))],
    ['with an unknown header', () => toBytes(withHeaders(list(), { 'x-nonsense': 'grün' }))],
    ['after an empty line', () => Buffer.concat([Buffer.from('\r\n'), toBytes(list())])],
    ['before bytes that are no request', () => Buffer.concat([toBytes(list()), Buffer.from('\u0000nonsense\r\n\r\n')])],
    [
      'with more behind the length that it has',
      () => toBytes({ ...withHeaders(list(), { 'content-length': '2' }), body: Buffer.from('{}}') }),
    ],
    ['with ampersands too many', () => toBytes({ ...list(), target: `${list().target}?&&`, body: undefined })],
  ])('is accepted %s', async (_, bytes) => {
    const answer = await exchangeAlone(port, bytes(), false)
    expect(answer.status, answer.body).toBe(200)
    expect(JSON.parse(answer.body).RecordIdentifiers).toContain('seed')
  })

  const odd = [
    '\u0000',
    '\n',
    '\r\n',
    ' ',
    '.',
    '..',
    '/',
    '\\',
    '%',
    '%41',
    '+',
    '&a=b',
    '"',
    "'",
    '\u202e',
    '\ufeff',
    '\uffff',
  ]
  const more = [
    'e\u0301',
    '\u00e9',
    'Å',
    '💣',
    '👩‍👩‍👧',
    '\u2028',
    '{}',
    '[]',
    'null',
    '__proto__',
    'constructor',
    '0',
    '-0',
    '1e3',
    '\u0085',
  ]
  it('gives records back under whatever identifier they were written', async () => {
    const identifiers = new Set<string>()
    const text = fc.oneof(fc.constantFrom(...odd, ...more), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }))
    await fc.assert(
      fc.asyncProperty(text, async (id) => {
        identifiers.add(id)
        const record = [...wideRecord(id).slice(0, 2), { FeatureName: 'f0', ValueAsString: `value of ${id}` }]
        await call('PutRecord', { FeatureGroupName: ODD_GROUP, Record: record })
        const key = { FeatureGroupName: ODD_GROUP, RecordIdentifierValueAsString: id }
        expect(JSON.parse((await call('GetRecord', key)).body)).toEqual({ Record: record })
      }),
      { numRuns: 400 },
    )
    expect(await listAll()).toEqual([...identifiers].sort())
    await expectAll([...identifiers])
    const [first = '', ...others] = [...identifiers].sort()
    await call('DeleteRecord', {
      FeatureGroupName: ODD_GROUP,
      RecordIdentifierValueAsString: first,
      EventTime: EVENT_TIME,
      DeletionMode: 'SoftDelete',
    })
    expect(await listAll()).toEqual([...identifiers].sort())
    await call('DeleteRecord', {
      FeatureGroupName: ODD_GROUP,
      RecordIdentifierValueAsString: first,
      EventTime: '2025-06-01T12:00:01Z',
    })
    expect(await listAll()).toEqual(others)
  })

  async function listAll(): Promise<string[]> {
    const found: string[] = []
    for (let token: string | undefined = '', page = 0; token !== undefined && page < 1_000; page++) {
      const answer = await call('ListRecords', {
        FeatureGroupName: ODD_GROUP,
        MaxResults: 7,
        ...(token && { NextToken: token }),
      })
      const { RecordIdentifiers, NextToken } = JSON.parse(answer.body)
      found.push(...RecordIdentifiers)
      token = NextToken
    }
    return found.sort()
  }

  async function expectAll(identifiers: string[]): Promise<void> {
    for (let at = 0; at < identifiers.length; at += 100) {
      const asked = identifiers.slice(at, at + 100)
      const block = { FeatureGroupName: ODD_GROUP, RecordIdentifiersValueAsString: asked, FeatureNames: ['f0'] }
      const { Records } = JSON.parse((await call('BatchGetRecord', { Identifiers: [block] })).body)
      const values = Records.map((found: { Record: { ValueAsString: string }[] }) => found.Record[0]?.ValueAsString)
      expect(values.sort()).toEqual(asked.map((id) => `value of ${id}`).sort())
    }
  }
})

async function seedNumbers(call: Call): Promise<void> {
  const FeatureDefinitions = [
    { FeatureName: 'id', FeatureType: 'Integral' },
    { FeatureName: 'time', FeatureType: 'Fractional' },
  ]
  const OnlineStoreConfig = { EnableOnlineStore: true }
  await call('CreateFeatureGroup', { FeatureGroupName: GROUP.numbers, ...KEYS, FeatureDefinitions, OnlineStoreConfig })
}
