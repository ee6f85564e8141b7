import { describe, expect, it } from 'vitest'
import { parseCommaList } from '../../bin/arguments/comma-list.ts'
import { parseDuration } from '../../bin/arguments/duration.ts'
import { parseFeatureDefinition } from '../../bin/arguments/feature-definition.ts'
import { wholeNumber } from '../../bin/arguments/whole-number.ts'

describe('arguments', () => {
  it('reads a feature by its name and type', () => {
    expect(parseFeatureDefinition('spend:Fractional')).toEqual({ FeatureName: 'spend', FeatureType: 'Fractional' })
  })

  it('reads collections', () => {
    expect(parseFeatureDefinition('tags:String:Set')).toEqual({
      FeatureName: 'tags',
      FeatureType: 'String',
      CollectionType: 'Set',
    })
    expect(parseFeatureDefinition('embedding:Fractional:Vector(3)')).toEqual({
      FeatureName: 'embedding',
      FeatureType: 'Fractional',
      CollectionType: 'Vector',
      CollectionConfig: { VectorConfig: { Dimension: 3 } },
    })
  })

  it.each([
    'spend',
    'spend:',
    ':String',
    'spend:float',
    'tags:String:Bag',
    'v:Fractional:Vector',
    'a:String:List:x',
  ])('refuses %s as a feature', (text) => {
    expect(() => parseFeatureDefinition(text)).toThrow('name:Type')
  })

  it.each([
    ['30s', 'Seconds', 30],
    ['15m', 'Minutes', 15],
    ['12h', 'Hours', 12],
    ['7d', 'Days', 7],
    ['2w', 'Weeks', 2],
  ])('reads %s as a duration', (text, Unit, Value) => {
    expect(parseDuration(text)).toEqual({ Unit, Value })
  })

  it.each(['', '7', 'd', '0d', '-1d', '1.5h', '7 d', '1y'])('refuses "%s" as a duration', (text) => {
    expect(() => parseDuration(text)).toThrow('30s, 15m, 12h, 7d or 2w')
  })

  it('reads whole numbers within their range only', () => {
    const parse = wholeNumber(1, 50)
    expect([parse('1'), parse('50')]).toEqual([1, 50])
    for (const text of ['0', '51', '', '1.5', '0x10', '-3', '1e1']) expect(() => parse(text)).toThrow('from 1 to 50')
  })

  it('reads names separated by commas and refuses an empty one', () => {
    expect(parseCommaList('a,b')).toEqual(['a', 'b'])
    expect(() => parseCommaList('a,,b')).toThrow('separated by commas')
  })
})
