import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DeleteRequest, parseDeleteRequest } from '../../../store/deletes/delete-request.ts'
import { KdbError, kdbErrorBody } from '../../../store/deletes/kdb-error.ts'

const WINDOW = { startTS: '2026.01.02D03:04:05', endTS: '2026.01.03' }
const VALID = {
  session: 'campaign-7',
  table: 'loans',
  ...WINDOW,
  filter: [
    ['in', 'state', ['CA', 'NY']],
    ['within', 'amount', [1_000, 5_000]],
    ['like', 'title', 'debt*'],
  ],
}

function bytes(body: unknown): Uint8Array {
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}

function parse(body: unknown): DeleteRequest {
  return parseDeleteRequest(bytes(body))
}

/** The body of the answer to a request that is refused. */
function refusal(body: unknown): string {
  try {
    parseDeleteRequest(body instanceof Uint8Array ? body : bytes(body))
  } catch (error) {
    if (error instanceof KdbError && error.status === 400) return kdbErrorBody(error)
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(body)}`)
}

describe('the body of a delete', () => {
  it('is read as kdb Insights reads it, with the window in microseconds', () => {
    expect(parse(VALID)).toEqual({
      session: 'campaign-7',
      table: 'loans',
      from: 1_767_323_045_000_000n,
      to: 1_767_398_400_000_000n,
      filter: VALID.filter,
      mode: 'soft',
      dryRun: false,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('takes empty strings and empty lists of kdb for absent', () => {
    const empty = parse({ session: '', table: 'loans', startTS: '', endTS: [], filter: [['=', 'a', 1]] })
    expect(empty).toEqual({ ...parse({ table: 'loans', filter: [['=', 'a', 1]] }) })
    expect(parse({ table: 'loans', ...WINDOW, filter: '', session: [] }).filter).toEqual([])
  })

  it('may have one bound, a mode, a limit and the wish to delete everything', () => {
    const open = parse({ table: 'loans', startTS: '2026.01.02' })
    expect(open.from).toBe(1_767_312_000_000_000n)
    expect(open).not.toHaveProperty('to')
    expect(parse({ table: 'loans', endTS: '2026-01-02T00:00:00Z' })).toMatchObject({ to: 1_767_312_000_000_000n })
    const whole = { table: 'loans', all: true, mode: 'hard', maxRows: 0, dryRun: true }
    expect(parse(whole)).toMatchObject({ mode: 'hard', maxRows: 0, dryRun: true, filter: [] })
  })

  it('asks the same whether it has the name of the group or its ARN', () => {
    const arn = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/loans'
    expect(parse({ ...VALID, table: arn }).fingerprint).toBe(parse(VALID).fingerprint)
  })

  it('has the mode of its route when it names none', () => {
    expect(parseDeleteRequest(bytes({ table: 'loans', all: true }), 'erase').mode).toBe('erase')
    expect(parseDeleteRequest(bytes({ table: 'loans', all: true, mode: 'hard' }), 'erase').mode).toBe('hard')
  })
})

const REFUSED: [text: string, details: string, body: unknown][] = [
  ['missing', 'filter or window', { table: 'loans' }],
  ['missing', 'filter or window', { table: 'loans', all: false, filter: [], startTS: '' }],
  ['invalid', 'body', '[]'],
  ['invalid', 'body', 'null'],
  ['invalid', 'body', '"table"'],
  ['invalid', 'body', '{"table":"loans",}'],
  ['invalid', 'body', '{"table":'],
  ['invalid', 'body', new Uint8Array([0x7b, 0xff, 0x7d])],
  ['type', 'table', { table: 7, all: true }],
  ['type', 'table', { table: null, all: true }],
  ['invalid', 'table', { table: 'no such name!', all: true }],
  ['invalid', 'table', { table: 'x'.repeat(10_000), all: true }],
  ['type', 'session', { ...VALID, session: 7 }],
  ['invalid', 'session', { ...VALID, session: 'erase' }],
  ['invalid', 'session', { ...VALID, session: '-x' }],
  ['invalid', 'session', { ...VALID, session: 'a/b' }],
  ['invalid', 'session', { ...VALID, session: 'a\n' }],
  ['invalid', 'session', { ...VALID, session: 'x'.repeat(129) }],
  ['type', 'startTS', { ...VALID, startTS: 1_767_312_000 }],
  ['type', 'startTS', { ...VALID, startTS: null }],
  ['type', 'endTS', { ...VALID, endTS: {} }],
  ['invalid', 'startTS', { ...VALID, startTS: 'yesterday' }],
  ['invalid', 'startTS', { ...VALID, startTS: ' ' }],
  ['invalid', 'startTS', { ...VALID, startTS: '2026.02.30' }],
  ['invalid', 'endTS', { ...VALID, endTS: '0Wp' }],
  ['invalid', 'endTS', { ...VALID, endTS: VALID.startTS }],
  ['invalid', 'endTS', { ...VALID, startTS: VALID.endTS, endTS: VALID.startTS }],
  ['type', 'filter', { ...VALID, filter: null }],
  ['type', 'filter', { ...VALID, filter: 'a = 1' }],
  ['type', 'filter', { ...VALID, filter: { a: 1 } }],
  ['invalid', 'filter[0]', { ...VALID, filter: ['=', 'a', 1] }],
  [
    'invalid',
    'filter[1]',
    {
      ...VALID,
      filter: [
        ['=', 'a', 1],
        ['~', 'a', 1],
      ],
    },
  ],
  ['type', 'filter[0]', '{"table":"loans","filter":[["=","a",1e400]]}'],
  ['type', 'filter[0]', { ...VALID, filter: [['=', 'a', { __proto__: null, b: 1 }]] }],
  ['invalid', 'filter', { ...VALID, filter: [['in', 'a', ['x'.repeat(300_000)]]] }],
  ['type', 'mode', { ...VALID, mode: true }],
  ['invalid', 'mode', { ...VALID, mode: 'Soft' }],
  ['invalid', 'mode', { ...VALID, mode: '' }],
  ['invalid', 'mode', { ...VALID, mode: 'toString' }],
  ['type', 'all', { ...VALID, all: 'true' }],
  ['type', 'all', { ...VALID, all: null }],
  ['type', 'dryRun', { ...VALID, dryRun: '' }],
  ['type', 'dryRun', { ...VALID, dryRun: 1 }],
  ['type', 'maxRows', { ...VALID, maxRows: '5' }],
  ['type', 'maxRows', { ...VALID, maxRows: null }],
  ['invalid', 'maxRows', { ...VALID, maxRows: -1 }],
  ['invalid', 'maxRows', { ...VALID, maxRows: 1.5 }],
  ['invalid', 'maxRows', '{"table":"loans","all":true,"maxRows":1e999}'],
  ['unknown', "'Table'", { ...VALID, Table: 'loans' }],
  ['unknown', "'undoSeconds'", { ...VALID, undoSeconds: 1 }],
  ['unknown', "'__proto__'", '{"table":"loans","__proto__":{"all":true}}'],
  ['unknown', "'constructor'", '{"table":"loans","constructor":{"all":true}}'],
  ['invalid', 'table is given more than once', '{"table":"loans","all":true,"table":"cards"}'],
  ['invalid', 'filter is given', '{"table":"loans","filter":[["=","a",1]],"all":true,"filter":[]}'],
  ['invalid', 'dryRun is given', '{"table":"loans","all":true,"dryRun":true,"dry\\u0052un":false}'],
]

describe('a delete that is refused', () => {
  it('answers the two examples of kdb Insights to the byte', () => {
    expect(refusal('')).toBe('{"code":"400","text":"missing","details":"body"}')
    expect(refusal(' \n')).toBe('{"code":"400","text":"missing","details":"body"}')
    expect(refusal({ ...VALID, table: undefined })).toBe('{"code":"400","text":"missing","details":"table"}')
    expect(refusal({ ...VALID, table: '' })).toBe('{"code":"400","text":"missing","details":"table"}')
  })

  it.each([
    [{ startTS: 5 }, 'startTS 5 must be a string'],
    [{ table: ['loans'] }, 'table ["loans"] must be a string'],
    [{ all: 'true' }, "all 'true' must be true or false"],
    [{ dryRun: 1 }, 'dryRun 1 must be true or false'],
    [{ filter: [['=', 'a', true]] }, 'filter[0]: the value true must be a string, a finite number or null'],
    [{ filter: [['in', 'a', '1']] }, "filter[0]: the value '1' of in must be a list"],
  ])('tells a string from what is none: %j', (members, details) => {
    expect(JSON.parse(refusal({ ...VALID, ...members })).details).toBe(details)
  })

  it.each(REFUSED)('is %s, %s', (text, details, body) => {
    const answer: unknown = JSON.parse(refusal(body))
    expect(answer).toEqual({ code: '400', text, details: expect.stringContaining(details) })
    expect(JSON.stringify(answer)).toMatch(/^\{"code":"400","text":"[a-z]+","details":"/)
  })

  it('does not mistake what is inside of values for members', () => {
    const filter = [['=', 'a', '"table":{"table":1}\\']]
    expect(parse({ table: 'loans', filter }).filter).toEqual(filter)
  })

  it('reads a deep and a long body without falling', () => {
    const deep = `{"table":"loans","filter":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect(refusal(deep)).toContain('filter[0]')
    const long = JSON.stringify({ table: 'loans', filter: [['=', 'a', '"\\'.repeat(2_000_000)]] })
    expect(refusal(long)).toContain('bytes as JSON')
  })
})

/** Times that are none: what is one in no form, and is neither empty. */
const wrongTime = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    ' ',
    '0Np',
    '2026-01-02',
    'now',
    '2026.01.02D25:00:00',
    '2026.13.01',
    '2026.01.02D03:04:05.1234567890',
  ),
  fc.jsonValue().filter((value) => value !== '' && !(Array.isArray(value) && value.length === 0)),
)

const noOperator = fc.string().filter((text) => !/^([<>=]|<=|>=|<>|in|within|like)$/.test(text))

const wrongFilter = fc.oneof(
  fc.jsonValue().filter((value) => value !== '' && !(Array.isArray(value) && value.length === 0)),
  fc.array(fc.tuple(noOperator, fc.string(), fc.jsonValue()), { minLength: 1 }),
  fc.tuple(
    fc.tuple(
      fc.constantFrom('in', 'within', '=', 'like'),
      fc.string(),
      fc.array(fc.array(fc.string()), { minLength: 1 }),
    ),
  ),
)

/** Each changes a request that is valid into one that is not. */
const breakage = fc.oneof(
  fc.record({ startTS: wrongTime }),
  fc.record({ endTS: wrongTime }),
  fc.record({ filter: wrongFilter }),
  fc.record({ session: fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !/^[\w.:-]+$/.test(name)) }),
  fc.record({ table: fc.jsonValue().filter((value) => typeof value !== 'string') }),
  fc.record({ mode: fc.jsonValue().filter((value) => !['soft', 'hard', 'erase'].some((mode) => mode === value)) }),
  fc.record({ all: fc.jsonValue().filter((value) => typeof value !== 'boolean') }),
  fc.record({ dryRun: fc.jsonValue().filter((value) => typeof value !== 'boolean') }),
  fc.record({
    maxRows: fc.oneof(fc.jsonValue(), fc.double({ noNaN: true, noInteger: true })).filter((value) => !isCount(value)),
  }),
  fc.dictionary(fc.string({ minLength: 10 }), fc.jsonValue(), { minKeys: 1, maxKeys: 3 }),
)

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

describe('malformed deletes', () => {
  it('are all refused in the shape of kdb, thousands of them', () => {
    fc.assert(
      fc.property(breakage, (broken) => {
        expect(refusal({ ...VALID, ...broken })).toMatch(
          /^\{"code":"400","text":"(missing|invalid|type|unknown)","details":".+"\}$/,
        )
      }),
      { numRuns: 8_000 },
    )
  })

  it('are refused or read, but nothing else, whatever the bytes', () => {
    const text = JSON.stringify(VALID)
    const cut = fc.tuple(fc.nat(text.length), fc.nat(5), fc.string({ unit: 'binary', maxLength: 3 }))
    const changed = cut.map(([at, over, by]) => bytes(text.slice(0, at) + by + text.slice(at + over)))
    fc.assert(
      fc.property(fc.oneof(changed, fc.json().map(bytes), fc.uint8Array()), (body) => {
        try {
          expect(parseDeleteRequest(body).table).toBeTypeOf('string')
        } catch (error) {
          expect(error).toMatchObject({ name: 'KdbError', status: 400 })
        }
      }),
      { numRuns: 8_000 },
    )
  })
})

describe('the fingerprint of a delete', () => {
  const fingerprint = (body: unknown) => parse(body).fingerprint

  it('does not depend on the session, the dry run, the order of members or defaults spelled out', () => {
    const spelled = { all: false, dryRun: true, mode: 'soft', filter: VALID.filter, ...WINDOW, table: 'loans' }
    expect(fingerprint(spelled)).toBe(fingerprint(VALID))
    expect(fingerprint({ ...VALID, session: '' })).toBe(fingerprint(VALID))
    expect(parseDeleteRequest(bytes(VALID), 'hard').fingerprint).toBe(fingerprint({ ...VALID, mode: 'hard' }))
  })

  it('knows a time by its instant', () => {
    const iso = { ...VALID, startTS: '2026-01-02T03:04:05.000Z', endTS: '2026.01.03D00:00:00.' }
    expect(fingerprint(iso)).toBe(fingerprint(VALID))
    expect(fingerprint({ ...VALID, startTS: '2026.01.02D03:04:05.000000001' })).not.toBe(fingerprint(VALID))
  })

  it.each([
    [{ table: 'cards' }],
    [{ startTS: '' }],
    [{ endTS: '2026.01.04' }],
    [{ filter: [] }],
    [{ filter: [['in', 'state', ['NY', 'CA']]] }],
    [{ mode: 'hard' }],
    [{ all: true }],
    [{ maxRows: 0 }],
  ])('differs when %j does', (change) => {
    expect(fingerprint({ ...VALID, ...change })).not.toBe(fingerprint(VALID))
  })
})
