import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { BadCase } from './expectation.ts'
import { chunked, type Request, toBytes, withHeaders } from './request.ts'
import { isRuntime, type OperationName } from './shapes.ts'

const MAX_BODY_BYTES = 10 * 1024 * 1024
const ONE_PATH = '/FeatureGroup/'

/** What is wrong with a case's HTTP, and a request that is right but for it. */
type Spoiler = (request: Request, operation: OperationName) => fc.Arbitrary<BadCase> | undefined

/** Requests with lying, odd or missing parts of HTTP, made from a valid one. */
export function badHttp(operation: OperationName, request: Request): fc.Arbitrary<BadCase> {
  const spoilers = SPOILERS.flatMap((spoil) => spoil(request, operation) ?? [])
  return fc.oneof(...spoilers)
}

/** Requests that hold more than a body may. They are large, so that there are only a few. */
export function tooLarge(request: Request): BadCase[] {
  const body = request.body ?? Buffer.from('{}')
  const padded = Buffer.concat([body, Buffer.alloc(MAX_BODY_BYTES + 1 - body.length, ' ')])
  const inChunks = { ...withHeaders(request, { 'transfer-encoding': 'chunked' }), body: chunked(padded, 60_000) }
  const refusal = { status: 413, code: 'RequestEntityTooLargeException', names: [String(MAX_BODY_BYTES)] }
  return [
    { kind: 'a byte too many', bytes: toBytes({ ...request, body: padded }), refusal },
    { kind: 'a byte too many, in chunks', bytes: toBytes(inChunks), refusal },
    { kind: 'twice what is allowed', bytes: toBytes({ ...request, body: Buffer.concat([padded, padded]) }), refusal },
  ]
}

const methods: Spoiler = (request) => {
  const isGroup = /^\/FeatureGroup\/[^/]*$/.test(pathOf(request))
  const known = [
    'PATCH',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'HEAD',
    'PURGE',
    isGroup ? 'POST' : 'GET',
    isGroup ? 'LINK' : 'PUT',
  ]
  return fc.oneof(
    fc.constantFrom(...known).map((method) => ({
      kind: 'a method that the path does not have',
      bytes: toBytes({ ...request, method }),
      refusal: { status: 405, code: 'MethodNotAllowedException' },
    })),
    fc.constantFrom('FOO', 'get', 'Put', 'P T', '', 'GET\u0000', 'DELETEX').map((method) => ({
      kind: 'a method that HTTP does not have',
      bytes: toBytes({ ...request, method }),
      refusal: { status: 400 },
      alone: 'ended' as const,
    })),
  )
}

const paths: Spoiler = (request) => {
  const path = pathOf(request)
  const other = [
    ...[`${path}/`, `/x${path}`, `/${path}`, `${path}/x/y`, path.toUpperCase() === path ? '/X' : path.toUpperCase()],
    ...[
      '/FeatureGroup',
      '/FeatureGroups/wide',
      '/BatchGetRecords',
      '/batchwriterecord',
      '/BatchGetRecord/',
      '*',
      '/%2F',
    ],
    ...['/FeatureGroup/a/b/c/d', '/FeatureGroup/wide/Records', '/FeatureGroup/wide/listrecords', '/../', '/.', '/a'],
    ...['/favicon.ico', '/healthz/x', '/metrics/', '/constructor', '/__proto__', 'http://localhost/BatchGetRecord'],
  ]
  return fc.constantFrom(...other).map((target) => ({
    kind: 'a path that there is not',
    bytes: toBytes({ ...request, target }),
    refusal: { status: [404, 405] },
  }))
}

const BAD_ENCODINGS = [
  '%',
  '%2',
  '%zz',
  '%c3%28',
  '%ed%a0%80',
  '%ff',
  '%u0041',
  'a%',
  '%C3',
  '%f5%80%80%80',
  '%00',
  'a%0a',
]

const encodings: Spoiler = (request) => {
  const path = pathOf(request)
  if (!path.startsWith(ONE_PATH)) return undefined
  const [name = '', ...rest] = path.slice(ONE_PATH.length).split('/')
  const query = request.target.slice(path.length)
  return fc.constantFrom(...BAD_ENCODINGS, `${name}%`, '\u00e9', 'a\u00ff').map((bad) => ({
    kind: 'percent-encoding that is none, in the path',
    bytes: toBytes({ ...request, target: `${ONE_PATH}${[bad, ...rest].join('/')}${query}` }),
    refusal: { status: 400 },
  }))
}

const UNKNOWN_PAIRS = [
  'Nope=1',
  '__proto__=1',
  'constructor',
  '=',
  'recordIdentifierValueAsString=a',
  'FeatureNames=id',
  '%41=b',
]
const BROKEN_PAIRS = [
  '%=1',
  'EventTime=%',
  'a=%zz',
  '%c3%28=1',
  'DeletionMode=%ff',
  'RecordIdentifierValueAsString=%ed%a0%80',
]

const queries: Spoiler = (request) => {
  const path = pathOf(request)
  const pairs = request.target.slice(path.length + 1)
  const single = pairs.split('&').filter((pair) => !/^(FeatureName|TargetStores)?(=|$)/.test(pair))
  const raw = 'RecordIdentifierValueAsString=caf\u00c3\u00a9'
  const added = [...UNKNOWN_PAIRS, ...BROKEN_PAIRS, ...single, raw]
  const target = (pair: string) => `${path}?${pairs === '' || pair === raw ? pair : `${pairs}&${pair}`}`
  return fc.constantFrom(...added).map((pair) => ({
    kind: 'a query key that is unknown, repeated or broken',
    bytes: toBytes({ ...request, target: target(pair) }),
    refusal: { status: 400 },
  }))
}

const TARGETS = [
  ...[undefined, '', 'CreateFeatureGroup', 'SageMaker.', 'SageMaker.Nope', 'sagemaker.ListTags', 'SageMaker.__proto__'],
  ...[
    'SageMaker.constructor',
    'SageMaker.ListTags, SageMaker.ListTags',
    'SageMaker.PutRecord',
    'SageMaker.CreateEndpoint',
  ],
  ...['DynamoDB_20120810.PutItem', `SageMaker.${'x'.repeat(5_000)}`],
]

const targets: Spoiler = (request, operation) => {
  if (isRuntime(operation)) return undefined
  return fc.constantFrom(...TARGETS).map((target) => ({
    kind: 'an X-Amz-Target that there is not',
    bytes: toBytes(withHeaders(request, { 'x-amz-target': target })),
    refusal: { status: 404, code: 'UnknownOperationException', names: [(target ?? 'X-Amz-Target').slice(0, 90)] },
  }))
}

const access: Spoiler = (request) =>
  fc
    .constantFrom<{ [name: string]: string | undefined }>(
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { host: 'evil.example' },
      { host: 'localhost.evil.example:80' },
      { host: '169.254.169.254' },
      { host: '' },
      { host: undefined },
      { host: 'localhost@evil.example' },
    )
    .map((headers) => ({
      kind: 'from elsewhere',
      bytes: toBytes(withHeaders(request, headers)),
      refusal: { status: [400, 403] },
    }))

const bodyEncodings: Spoiler = (request) => {
  const { body } = request
  if (body === undefined) return undefined
  return fc
    .tuple(fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'gzip, identity', 'aws-chunked', 'x'), fc.boolean())
    .map(([encoding, isZipped]) => ({
      kind: 'an encoded body',
      bytes: toBytes({
        ...withHeaders(request, { 'content-encoding': encoding }),
        body: isZipped ? gzipSync(body) : body,
      }),
      refusal: { status: 400, names: [encoding] },
    }))
}

const notABody: Spoiler = (request) => {
  if (request.body !== undefined) return undefined
  return fc.constantFrom('{}', 'text', '\u0000', ' ').map((text) => ({
    kind: 'a body where there is none',
    bytes: toBytes({ ...request, body: Buffer.from(text) }),
    refusal: { status: 400 },
  }))
}

const lengths: Spoiler = (request) => {
  const { body } = request
  if (body === undefined) return undefined
  const wrong = ['abc', '-1', '1e3', '5, 6', '0x10', '1 2', '+5', '99999999999999999999999']
  const framing = (headers: { [name: string]: string }, bytes: Buffer = body) =>
    toBytes({ ...withHeaders(request, headers), body: bytes })
  const refused = (kind: string, bytes: Buffer, alone: BadCase['alone'] = 'ended', status: number | number[] = 400) =>
    ({ kind, bytes, alone, refusal: { status } }) satisfies BadCase
  return fc.oneof(
    fc
      .integer({ min: 1, max: Math.max(1, body.length - 1) })
      .map((length) => refused('a content-length that is too small', framing({ 'content-length': String(length) }))),
    fc
      .integer({ min: body.length + 1, max: MAX_BODY_BYTES })
      .map((length) => refused('a content-length that is too large', framing({ 'content-length': String(length) }))),
    fc
      .constantFrom(...wrong)
      .map((length) => refused('a content-length that is no length', framing({ 'content-length': length }))),
    fc
      .integer({ min: MAX_BODY_BYTES + 1, max: 2 ** 53 - 1 })
      .map((length) =>
        refused('a content-length past the limit', framing({ 'content-length': String(length) }), 'open', 413),
      ),
    fc
      .constantFrom('zz\r\n{}\r\n0\r\n\r\n', '5\r\n{}\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n', '-1\r\n', '2\r\n{}')
      .map((text) => refused('chunks that are none', framing({ 'transfer-encoding': 'chunked' }, Buffer.from(text)))),
    fc
      .constantFrom('gzip', 'identity', 'chunked, gzip', 'x')
      .map((coding) =>
        refused('a transfer coding that is not chunked', framing({ 'transfer-encoding': coding }), 'ended', [400, 501]),
      ),
    fc.constant(
      refused('both framings', framing({ 'content-length': '2', 'transfer-encoding': 'chunked' }, chunked(body, 9))),
    ),
  )
}

const heads: Spoiler = (request) => {
  const spoiled = (kind: string, text: string, status: number | number[] = 400): BadCase => ({
    kind,
    bytes: Buffer.from(text, 'latin1'),
    alone: 'ended',
    refusal: { status },
  })
  const { method, target } = request
  const line = `${method} ${target} HTTP/1.1\r\n`
  const host = 'host: localhost\r\n'
  return fc.constantFrom(
    spoiled('a space in the path', `${method} ${target} x HTTP/1.1\r\n${host}\r\n`),
    spoiled('a version that there is not', `${method} ${target} HTTP/9.9\r\n${host}\r\n`),
    spoiled('a header without a colon', `${line}${host}nonsense\r\n\r\n`),
    spoiled('a header name with a space', `${line}${host}a b: c\r\n\r\n`),
    spoiled('a control character in a header', `${line}${host}a: b\u0000c\r\n\r\n`),
    spoiled('headers past the limit', `${line}${host}a: ${'x'.repeat(40_000)}\r\n\r\n`, 431),
    spoiled('a path past the limit', `${method} /${'x'.repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, 431),
    spoiled('the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    spoiled('the start of TLS', '\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0003'),
    spoiled('a tunnel', `CONNECT localhost:1 HTTP/1.1\r\n${host}\r\n`, [400, 404, 405]),
    spoiled(
      'another protocol on a path that there is not',
      `GET /x HTTP/1.1\r\n${host}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      404,
    ),
    spoiled(
      'an expectation on a path that there is not',
      `POST /x HTTP/1.1\r\n${host}expect: miracles\r\ncontent-length: 0\r\n\r\n`,
      404,
    ),
  )
}

const SPOILERS: Spoiler[] = [
  methods,
  paths,
  encodings,
  queries,
  targets,
  access,
  bodyEncodings,
  notABody,
  lengths,
  heads,
]

function pathOf({ target }: Request): string {
  const at = target.indexOf('?')
  return at < 0 ? target : target.slice(0, at)
}
