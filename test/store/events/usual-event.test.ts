import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import schema from '../../../store/events/event.schema.json' with { type: 'json' }
import { isUsualEvent } from '../../../store/events/usual-event.ts'

const { anyOf: _, ...definitions } = schema
const validator = new Validator({ ...definitions, $ref: '#/$defs/event' }, '2020-12')

const member = fc.constantFrom('FeatureGroupName', 'Record', 'FeatureName', 'ValueAsString', 'ValueAsStringList', 'x')
const text = fc.oneof(
  { weight: 8, arbitrary: fc.string({ minLength: 1 }) },
  fc.constant(''),
  fc.string({ minLength: 60, maxLength: 160, unit: 'binary' }),
)
const scalar = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null))
const inner = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(member, scalar, { maxKeys: 3 }))
const most = (arbitrary: fc.Arbitrary<unknown>) => ({ weight: 8, arbitrary })
const featureValue = fc.oneof(
  most(fc.record({ FeatureName: text, ValueAsString: text })),
  fc.record({ FeatureName: text, ValueAsString: scalar, ValueAsStringList: fc.array(scalar) }),
  fc.dictionary(member, scalar, { maxKeys: 3 }),
)
const record = fc.oneof(
  fc.array(fc.oneof(most(featureValue), inner), { maxLength: 3 }),
  fc.dictionary(fc.oneof(member, fc.constant('__proto__')), inner, { maxKeys: 3 }),
)
const event = fc.oneof(
  most(fc.record({ FeatureGroupName: fc.oneof(most(text), scalar), Record: fc.oneof(most(record), inner) })),
  fc.dictionary(member, fc.oneof(record, inner), { maxKeys: 3 }),
  inner,
)

it('takes no event for usual that the schema does not allow', () => {
  let usual = 0
  fc.assert(
    fc.property(event, (generated) => {
      const value: unknown = JSON.parse(JSON.stringify(generated))
      if (!isUsualEvent(value)) return
      usual += 1
      expect(validator.validate(value).errors).toEqual([])
    }),
    { numRuns: 5_000 },
  )
  expect(usual).toBeGreaterThan(100)
})

it('takes FeatureValues with a text each, and a plain record, for usual', () => {
  const FeatureGroupName = 'orders'
  expect(isUsualEvent({ FeatureGroupName, Record: [{ FeatureName: 'id', ValueAsString: '' }] })).toBe(true)
  expect(isUsualEvent({ FeatureGroupName, Record: { id: 'a', n: 1.5, b: true, tags: ['new', 2] } })).toBe(true)
  expect(isUsualEvent({ FeatureGroupName, Record: { id: 'a' }, Operation: 'Update' })).toBe(false)
})
