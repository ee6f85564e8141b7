import { describe, expect, it } from 'vitest'
import { groupNameOf } from '../../../bin/ingest/group-name.ts'

describe('the name of a group made from a file', () => {
  it.each([
    ['loans.csv', 'loans'],
    ['my loans (2026).csv', 'my-loans-2026'],
    ['a_b-c.jsonl', 'a_b-c'],
    ['v1.2.csv', 'v1-2'],
    ['_x_.csv', 'x'],
    ['.csv', 'csv'],
    ['Kunden-äöü.csv', 'Kunden'],
    [`${'x'.repeat(63)}__yy.csv`, 'x'.repeat(63)],
  ])('%s: %s', (file, name) => {
    expect(groupNameOf(file)).toBe(name)
  })

  it('is nothing when no character is left', () => {
    expect(groupNameOf('äöü.csv')).toBeUndefined()
  })
})
