import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { nested, type Path, raw, replaceAt, type Tree, toJson } from './json.ts'
import { chunked, type Input, type Request, toBytes, withHeaders } from './request.ts'
import { GROUP } from './seeded-store.ts'

/** A request to the API of delete sessions that must be refused, with one of these statuses. */
export interface BadDelete {
  kind: string
  bytes: Buffer
  statuses: number[]
  /** Set for a request that needs a connection of its own: its length is not what it says. */
  isAlone?: true
}

/** Were it accepted, every live record of the group would be gone. */
const BASE: Input = {
  session: 'never',
  table: GROUP.wide,
  startTS: '2025.01.01D00:00:00',
  endTS: '2027-01-01T00:00:00Z',
  filter: [['<>', 'text', 'nothing']],
  mode: 'hard',
}

const MAX_BODY_BYTES = 10 * 1024 * 1024

function post(body: Buffer | string, target = '/delete'): Request {
  const headers: [string, string][] = [
    ['host', 'localhost'],
    ['content-type', 'application/json'],
  ]
  return { method: 'POST', target, headers, body: Buffer.from(body) }
}

const refused = (kind: string, request: Request, ...statuses: number[]): BadDelete => ({
  kind,
  bytes: toBytes(request),
  statuses: statuses.length === 0 ? [400] : statuses,
})

const withValue = (path: Path, value: Tree | undefined) => post(toJson(replaceAt(BASE, path, value)))

const target = fc.constantFrom('/delete', '/delete/erase')

/** Times that are none: a right one with a part that there is not, or with something in it or around it. */
const two = (min: number, max: number) => fc.integer({ min, max }).map((number) => String(number).padStart(2, '0'))
const wrongPart = fc.oneof(
  two(13, 99).map((month) => ({ month })),
  fc.constant({ month: '00' }),
  fc.constantFrom('00', '32', '99').map((day) => ({ day })),
  fc.constant({ month: '02', day: '30' }),
  fc.constant({ month: '02', day: '29' }),
  fc.constant({ month: '04', day: '31' }),
  two(24, 99).map((hour) => ({ hour })),
  two(60, 99).map((minute) => ({ minute })),
  two(60, 99).map((second) => ({ second })),
  fc.stringMatching(/^\.[0-9]{10,14}$/).map((fraction) => ({ fraction })),
  fc.constantFrom('.+1', '.1e1', ',5', '.٣').map((fraction) => ({ fraction })),
  fc.constantFrom('26', '02026', '-2026', '+02026', '२०२६').map((year) => ({ year })),
)
const RIGHT = { year: '2026', month: '01', day: '02', hour: '03', minute: '04', second: '05', fraction: '.5' }
const brokenTime = fc.tuple(wrongPart, fc.boolean()).map(([part, isQ]) => {
  const { year, month, day, hour, minute, second, fraction } = { ...RIGHT, ...part }
  const clock = `${hour}:${minute}:${second}${fraction}`
  return isQ ? `${year}.${month}.${day}D${clock}` : `${year}-${month}-${day}T${clock}Z`
})
const rightTime = fc.constantFrom(
  '2026.01.02',
  '2026.01.02D03:04:05.678',
  '2026-01-02T03:04:05',
  '2026-01-02T03:04:05.1Z',
)
const foreign = fc.constantFrom(' ', '\n', '\u0000', 'x', '+', '/', '٣', '\u202e', '""', 'z', 'd', '+01:00')
const strange = fc
  .tuple(rightTime, foreign, fc.nat(30))
  .map(([time, text, at]) => time.slice(0, at % (time.length + 1)) + text + time.slice(at % (time.length + 1)))
const noTime = fc.constantFrom(
  ...[
    'now',
    'null',
    'NaN',
    '0Wp',
    '0Np',
    '-0Wp',
    '1767323045',
    '1767323045000',
    '2026',
    '2026.01',
    '2026-01-02',
    '20260102',
  ],
  ...[
    '2026-W01-1',
    '2026-001',
    'Jan 2 2026',
    '2026-01-02 03:04:05',
    '2026.01.02T03:04:05',
    '2026-01-02T03:04',
    ' ',
    '2026.01.02D3:4:5',
  ],
)
const badTimes = fc
  .tuple(fc.constantFrom('startTS', 'endTS'), fc.oneof(brokenTime, strange, noTime))
  .map(([member, time]) => refused(`the ${member} ${time}`, withValue([member], time)))
const backward = fc
  .tuple(rightTime, rightTime)
  .map(([startTS]) => refused('a window that ends where it begins', post(toJson({ ...BASE, startTS, endTS: startTS }))))

const WRONG: { [member: string]: Tree[] } = {
  session: [null, 1, true, ['a'], {}, 'é', 'a b', '-a', '/', 'erase', '..', 'x'.repeat(129), '\u0000', 'a%2fb'],
  table: [
    null,
    0,
    false,
    ['wide'],
    {},
    '',
    [],
    'no-such-table',
    '-',
    'a/b',
    'x'.repeat(300),
    '../wide',
    'wide\u0000',
    'WIDE ',
  ],
  startTS: [null, 0, 1_767_323_045, true, ['2026.01.02'], {}],
  endTS: [null, 0, 1_767_323_045, true, ['2026.01.02'], {}],
  filter: [null, 0, true, {}, 'a', '=', [1], ['=', 'text', 'x'], [[]], [null], [['=']], [['=', 'text']], nested(50)],
  mode: [null, 1, true, [], {}, 'SOFT', 'drop', ' hard'],
  all: [null, 1, 'true', [], {}],
  dryRun: [null, 0, 'false', [], {}],
  maxRows: [null, -1, 0.5, '5', true, [], {}, 2 ** 60, raw('1e999')],
}
const wrongMembers = fc
  .constantFrom(...Object.entries(WRONG).flatMap(([member, values]) => values.map((value) => ({ member, value }))))
  .map(({ member, value }) => refused(`${member} ${toJson(value)}`.slice(0, 80), withValue([member], value)))

const OPERATORS = ['in', 'within', '<', '>', '<=', '>=', '=', '<>', 'like']
const operator = fc.constantFrom(...OPERATORS)
const noOperator = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('==', '!=', 'IN', 'like ', '<=>', 'not', '~', '__proto__', 'in\u0000'),
  )
  .filter((text) => !OPERATORS.includes(text))
const wholeOf = ['1.5', '1e3', 'x', '', ' 1', '9223372036854775808', '0x1', '١', true, {}, 0.5, 2 ** 60]
const numberOf = ['x', '', 'NaN', 'Infinity', '1e999', '0x1', '1,5', false, {}, '--1']
const scalar = fc.oneof(
  fc.constantFrom(...wholeOf).map((value) => ['count', value] as const),
  fc.constantFrom(...wholeOf).map((value) => ['codes', value] as const),
  fc.constantFrom(...numberOf).map((value) => ['ratio', value] as const),
  fc.constantFrom(...numberOf).map((value) => ['place', value] as const),
  fc.constantFrom(true, {}, raw('1e999'), 5, nested(3), raw('"\\ud800"')).map((value) => ['text', value] as const),
)
const comparison = fc.constantFrom('<', '>', '<=', '>=', '=', '<>')
const badTriple: fc.Arbitrary<Tree[]> = fc.oneof(
  noOperator.map((bad): Tree[] => [bad, 'text', 'a']),
  fc.constantFrom<Tree>(null, 1, true, [], {}).map((bad): Tree[] => [bad, 'text', 'a']),
  fc
    .tuple(
      operator,
      fc.constantFrom<Tree>('nope', 'TEXT', '', ' text', null, 1, [], {}, '__proto__', 'write_time', 'is_deleted'),
    )
    .map(([known, column]): Tree[] => [known, column, known === 'in' ? ['1'] : known === 'within' ? ['1', '2'] : '1']),
  fc
    .tuple(
      comparison,
      scalar.filter(([column, value]) => column !== 'text' || value !== 5),
    )
    .map(([known, [column, value]]): Tree[] => [known, column, value as Tree]),
  scalar
    .filter(([column, value]) => column !== 'text' || value !== 5)
    .map(([column, value]): Tree[] => ['in', column, [value as Tree]]),
  scalar.map(([column, value]): Tree[] => ['within', column, [value as Tree]]),
  fc.constantFrom<Tree>('a', 1, null, true, {}).map((value): Tree[] => ['in', 'text', value]),
  fc.constantFrom<Tree>('a', [], ['a'], ['a', 'b', 'c'], null, {}, 1).map((value): Tree[] => ['within', 'text', value]),
  fc.constantFrom('count', 'ratio', 'codes', 'place').map((column): Tree[] => ['like', column, '1*']),
  fc
    .constantFrom<Tree>('[', '[a', 'a[', '[^', '[z-a]', 5, null, true, ['a'], {})
    .map((value): Tree[] => ['like', 'text', value]),
  fc
    .tuple(operator, fc.array(fc.constant('a'), { minLength: 2, maxLength: 5 }))
    .map(([known, more]): Tree[] => [known, 'text', ...more]),
)
const badFilters = fc
  .tuple(badTriple, fc.nat(2))
  .map(([triple, before]) => [...Array.from({ length: before }, (): Tree => ['=', 'text', 'a']), triple])
  .map((filter) => refused(`filter ${toJson(filter)}`.slice(0, 200), withValue(['filter'], filter)))

const text = toJson(BASE)
const badBodies = fc.oneof(
  fc.integer({ min: 1, max: text.length - 1 }).map((end) => ['a body cut off', text.slice(0, end)] as const),
  fc.constantFrom('x', '{}', ',', ']', '\u0000', '//').map((end) => ['more behind the body', text + end] as const),
  fc
    .constantFrom(
      '',
      ' ',
      '\r\n',
      'null',
      '0',
      'true',
      '"a"',
      '[]',
      `[${text}]`,
      "{'a':1}",
      '{table:1}',
      '{"table":"wide",}',
    )
    .map((body) => ['no object', body] as const),
  fc
    .constantFrom(...Object.keys(BASE))
    .map(
      (member) =>
        [`two of ${member}`, text.replace('{', `{${JSON.stringify(member)}:${toJson(BASE[member] ?? null)},`)] as const,
    ),
  fc
    .constantFrom(...Object.keys(BASE))
    .map(
      (member) =>
        [
          `two of ${member}, one escaped`,
          text.replace(
            '{',
            `{"\\u00${member.charCodeAt(0).toString(16)}${member.slice(1)}":${toJson(BASE[member] ?? null)},`,
          ),
        ] as const,
    ),
  fc
    .string({ unit: 'binary' })
    .filter((name) => !['all', 'dryRun', 'maxRows', ...Object.keys(BASE)].includes(name))
    .map((name) => ['an unknown member', `{${JSON.stringify(name)}:1,${text.slice(1)}`] as const),
  fc
    .constantFrom(120_000, 5_000)
    .map((depth) => ['nested lists', `{"filter":${'['.repeat(depth)}${']'.repeat(depth)},${text.slice(1)}`] as const),
  fc.constant(['neither filter nor window', `{"table":"wide"}`] as const),
  fc.constant([
    'neither filter nor window',
    `{"table":"wide","filter":[],"startTS":"","endTS":[],"all":false}`,
  ] as const),
)
const bodies = fc.tuple(badBodies, target).map(([[kind, body], path]) => refused(kind, post(body, path)))
const notUtf8 = fc
  .tuple(fc.nat(text.length), fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0x80]), target)
  .map(([at, bytes, path]) =>
    refused(
      'a body that is not UTF-8',
      post(Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(bytes), Buffer.from(text.slice(at))]), path),
    ),
  )

const encoded = fc
  .tuple(fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'gzip, identity', 'aws-chunked', 'x'), fc.boolean(), target)
  .map(([encoding, isZipped, path]) =>
    refused(
      `a body in ${encoding}`,
      withHeaders(post(isZipped ? gzipSync(text) : text, path), { 'content-encoding': encoding }),
    ),
  )
const elsewhere = fc
  .constantFrom<{ [name: string]: string }>({ origin: 'https://evil.example' }, { host: 'evil.example' })
  .map((headers) => refused('from elsewhere', withHeaders(post(text), headers), 403))

const session = fc.constantFrom('done', 'none', 'erase', '%20', 'a%2Fb', '%00', 'never')
const methods = fc
  .tuple(
    fc.constantFrom('PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE'),
    fc.constantFrom('/delete', '/delete/erase', '/delete/done', '/delete/done/cancel', '/delete/done/undo'),
  )
  .map(([method, path]) => refused(`${method} ${path}`, { ...post(text, path), method }, 405))
const wrongWay = fc
  .constantFrom<[string, string]>(
    ['GET', '/delete/erase'],
    ['GET', '/delete/done/cancel'],
    ['GET', '/delete/done/undo'],
    ['POST', '/delete/done'],
  )
  .map(([method, path]) => refused(`${method} ${path}`, { ...post(text, path), method }, 405, 400))
const paths = fc
  .tuple(
    session,
    fc.constantFrom(
      '/cancels',
      '/undo/',
      '/cancel/now',
      '/',
      '//',
      '/Cancel',
      '/%63ancel',
      '/undo/undo',
      '/../../delete',
    ),
  )
  .map(([name, rest]) => refused('a path that there is not', post(text, `/delete/${name}${rest}`), 404))
const unknownSessions = fc
  .tuple(
    session.filter((name) => name !== 'done' && name !== 'erase'),
    fc.constantFrom('', '/cancel', '/undo'),
  )
  .map(([name, action]) => {
    const body = action === '/cancel' ? '{"reason":"because"}' : '{}'
    return refused(
      'an unknown session',
      action === ''
        ? { ...post('', `/delete/${name}`), method: 'GET', body: undefined }
        : post(body, `/delete/${name}${action}`),
      404,
    )
  })
const encodings = fc
  .tuple(fc.constantFrom('%', '%4', '%zz', '%ff', '%c0%af', 'a%'), fc.constantFrom('', '/cancel', '/undo'))
  .map(([name, action]) =>
    refused('percent-encoding that is none', {
      ...post('{"reason":"r"}', `/delete/${name}${action}`),
      method: action === '' ? 'GET' : 'POST',
      body: action === '' ? undefined : Buffer.from('{}'),
    }),
  )
const queries = fc.oneof(
  fc
    .tuple(target, fc.constantFrom('a=1', 'table=wide', 'dryRun=true', '=', '&', '%'))
    .map(([path, query]) => refused('a query where there is none', post(text, `${path}?${query}`))),
  fc
    .constantFrom(
      'a=1',
      'table=a&table=b',
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1.5',
      'limit=x',
      'limit=%31%30%30%30',
      'status=done',
      'status=Completed',
      'nextToken=x',
      'nextToken=%00',
      'table=%ff',
      'Table=wide',
      '%',
      'status=completed&status=failed',
      'session=done',
      '__proto__=1',
    )
    .map((query) => refused(`the query ${query}`, { ...post('', `/delete?${query}`), method: 'GET', body: undefined })),
)
const notABody = fc
  .tuple(fc.constantFrom('/delete', '/delete/done'), fc.constantFrom('{}', 'x', ' ', text))
  .map(([path, body]) => refused('a body where there is none', { ...post(body, path), method: 'GET' }))

const badReason = fc.constantFrom(
  '',
  ' ',
  '{}',
  '{"reason":""}',
  '{"reason":null}',
  '{"reason":1}',
  '{"reason":["a"]}',
  '{"reason":"a","by":"me"}',
  '{"reason":"a","reason":"b"}',
  '[]',
  'null',
  '{"reason":"a"',
  `{"reason":"${'x'.repeat(1_025)}"}`,
  '"a"',
)
const badUndo = fc.constantFrom(' ', '{"all":true}', '[]', 'null', '{', '0', '{"session":"done"}')
const changes = fc.oneof(
  badReason.map((body) => refused(`the cancellation ${body.slice(0, 40)}`, post(body, '/delete/done/cancel'))),
  badUndo.map((body) => refused(`the undo ${body}`, post(body, '/delete/done/undo'))),
  fc.constant(refused('a cancellation of what has ended', post('{"reason":"late"}', '/delete/done/cancel'), 409)),
  fc.constant(refused('an undo of a hard session', post('{}', '/delete/done/undo'), 409)),
  fc.constant(refused('another body of the same name', post(toJson({ ...BASE, session: 'done' })), 409)),
  fc.constant(refused('a mode that the route does not have', post(toJson(BASE), '/delete/erase'), 403)),
)

/** Requests that are wrong in one place. */
export const BAD_DELETES: fc.Arbitrary<BadDelete> = fc.oneof(
  { weight: 6, arbitrary: badTimes },
  { weight: 8, arbitrary: badFilters },
  { weight: 5, arbitrary: wrongMembers },
  { weight: 6, arbitrary: bodies },
  ...[
    backward,
    notUtf8,
    encoded,
    elsewhere,
    methods,
    wrongWay,
    paths,
    unknownSessions,
    encodings,
    queries,
    notABody,
    changes,
  ].map((arbitrary) => ({ weight: 1, arbitrary })),
)

/** Bodies past the limit, which it takes a while to send. */
export const LARGE_DELETES: BadDelete[] = [
  '/delete',
  '/delete/erase',
  '/delete/done/cancel',
  '/delete/done/undo',
].flatMap((path): BadDelete[] => {
  const large = Buffer.from(text + ' '.repeat(MAX_BODY_BYTES))
  const declared = withHeaders(post(text, path), { 'content-length': String(MAX_BODY_BYTES + 1) })
  return [
    { ...refused(`10 MB and more to ${path}`, post(large, path), 413), isAlone: true },
    { ...refused(`a length of more than 10 MB to ${path}`, declared, 413), isAlone: true },
    {
      ...refused(
        `chunks of more than 10 MB to ${path}`,
        { ...withHeaders(post(text, path), { 'transfer-encoding': 'chunked' }), body: chunked(large, 65_536) },
        413,
      ),
      isAlone: true,
    },
  ]
})
