import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readEvent } from '../../../store/events/read-event.ts'

const RECORD = [{ FeatureName: 'id', ValueAsString: '1' }]
const EVENT = { FeatureGroupName: 'g', Record: RECORD }
const read = (value: unknown) => readEvent(JSON.stringify(value))
const cloudEvent = (more: object) => ({ specversion: '1.0', id: '1', source: '/s', type: 't', ...more })
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

describe('an event', () => {
  it('is a put of FeatureValues unless it says otherwise', () => {
    expect(read(EVENT)).toEqual({ operation: 'Put', input: EVENT })
    expect(read({ ...EVENT, Operation: 'HardDelete' }).operation).toBe('HardDelete')
  })

  it('takes the numbers of a plain record digit by digit, booleans as text and arrays as lists', () => {
    const text = `{"FeatureGroupName":"g","Record":{"id":9007199254740993,"y":1.10,"b":true,"t":["a",2.50],"n":null}}`
    expect(readEvent(text).input.Record).toEqual([
      { FeatureName: 'id', ValueAsString: '9007199254740993' },
      { FeatureName: 'y', ValueAsString: '1.10' },
      { FeatureName: 'b', ValueAsString: 'true' },
      { FeatureName: 't', ValueAsStringList: ['a', '2.50'] },
      { FeatureName: 'n' },
    ])
  })

  it('keeps its time to live and its stores, null ones as if they were not there', () => {
    const more = { TtlDuration: { Unit: 'Days', Value: 2 }, TargetStores: ['OnlineStore'] }
    expect(read({ ...EVENT, ...more }).input).toEqual({ ...EVENT, ...more })
    expect(read({ ...EVENT, TtlDuration: null, TargetStores: null }).input).toEqual(EVENT)
  })

  it.each([
    ['CloudEvents data', cloudEvent({ data: EVENT, subject: 'x' })],
    ['CloudEvents data_base64', cloudEvent({ data_base64: base64(EVENT), datacontenttype: 'application/json' })],
    ['EventBridge', { version: '0', 'detail-type': 'Order', source: 'shop', detail: EVENT, resources: [] }],
  ])('comes in the envelope of %s', (_, envelope) => {
    expect(read(envelope)).toEqual({ operation: 'Put', input: EVENT })
  })

  it('keeps numbers exact in every envelope', () => {
    const event = '{"FeatureGroupName":"g","Record":{"x":1.10}}'
    const texts = [
      `{"specversion":"1.0","id":"1","source":"/s","type":"t","data":${event}}`,
      JSON.stringify(cloudEvent({ data_base64: Buffer.from(event).toString('base64') })),
      `{"detail-type":"t","source":"s","detail":${event}}`,
    ]
    for (const text of texts) expect(readEvent(text).input.Record[0]?.ValueAsString).toBe('1.10')
  })

  it.each([
    ['not JSON', '{', /^Validation Error: the event is not JSON/],
    ['a list', '[]', /not valid: Instance type "array" is invalid\. Expected "object"$/],
    ['no group', '{"Record":{"id":1}}', /required property "FeatureGroupName"$/],
    ['an empty record', '{"FeatureGroupName":"g","Record":{}}', /at 'Record': /],
    ['another member', '{"FeatureGroupName":"g","Record":{"id":1},"Ttl":1}', /at 'Ttl': there is no such member$/],
    ['an object for a feature', '{"FeatureGroupName":"g","Record":{"id":{"a":1}}}', /at 'Record\.id': .*"object"/],
    ['a list in a list', '{"FeatureGroupName":"g","Record":{"id":[[1]]}}', /at 'Record\.id\.0': /],
    [
      'a value that is no string',
      '{"FeatureGroupName":"g","Record":[{"FeatureName":"a","ValueAsString":1}]}',
      /Record\.0/,
    ],
    [
      'another operation',
      '{"FeatureGroupName":"g","Record":{"id":1},"Operation":"put"}',
      /'Operation': .*"HardDelete"/,
    ],
    [
      'a time to live in a delete',
      JSON.stringify({ ...EVENT, Operation: 'SoftDelete', TtlDuration: { Unit: 'Days', Value: 1 } }),
      /TtlDuration is not for SoftDelete/,
    ],
    ['an older CloudEvent', JSON.stringify({ ...cloudEvent({ data: EVENT }), specversion: '0.3' }), /'specversion'/],
    ['a CloudEvent without data', JSON.stringify(cloudEvent({})), /either data or data_base64$/],
    ['a CloudEvent with text for data', JSON.stringify(cloudEvent({ data: 'x' })), /at 'data': .*"string"/],
    ['no Base64', JSON.stringify(cloudEvent({ data_base64: '!' })), /data_base64 '!' is not Base64/],
    ['Base64 of no UTF-8', JSON.stringify(cloudEvent({ data_base64: '/w==' })), /data_base64 is not UTF-8/],
    ['an event in EventBridge without a record', '{"detail-type":"t","source":"s","detail":{}}', /at 'detail': /],
  ])('is refused with the reason and the place: %s', (_, text, reason) => {
    expect(() => readEvent(text)).toThrow(reason)
  })

  it('is what the published schema shows as examples', () => {
    const path = new URL('../../../store/events/event.schema.json', import.meta.url)
    const { examples } = JSON.parse(readFileSync(path, 'utf8'))
    expect(examples.map((example: unknown) => read(example).operation)).toEqual(['Put', 'SoftDelete', 'Put'])
  })
})
