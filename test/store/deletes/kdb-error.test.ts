import { describe, expect, it } from 'vitest'
import { KdbError, kdbErrorBody } from '../../../store/deletes/kdb-error.ts'

describe('an error of the delete API', () => {
  it('is written as kdb Insights writes it, to the byte', () => {
    expect(kdbErrorBody(new KdbError(400, 'missing', 'body'))).toBe('{"code":"400","text":"missing","details":"body"}')
  })

  it('carries its status, its kind, what it applies to and its cause', () => {
    const cause = new Error('busy')
    const error = new KdbError(503, 'unavailable', 'the catalog does not answer', { cause })
    expect(error).toMatchObject({ status: 503, text: 'unavailable', details: 'the catalog does not answer', cause })
    expect(error.message).toBe('unavailable: the catalog does not answer')
    expect(error).toBeInstanceOf(Error)
  })

  it('escapes what a caller may have sent', () => {
    const body = kdbErrorBody(new KdbError(400, 'unknown', '"\n\u2028'))
    expect(JSON.parse(body)).toEqual({ code: '400', text: 'unknown', details: '"\n\u2028' })
  })

  it('is never longer than a log line should be', () => {
    expect(new KdbError(400, 'invalid', 'x'.repeat(10_000)).details).toHaveLength(2_048)
  })
})
