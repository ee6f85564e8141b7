import { type Tree, toJson } from './json.ts'
import { isRuntime, type OperationName } from './shapes.ts'

/** An HTTP request before it is written out, so that every part of it can be spoiled. */
export interface Request {
  method: string
  /** The request target: path and query. */
  target: string
  headers: [name: string, value: string][]
  body: Buffer | undefined
}

export type Input = { [member: string]: Tree }

interface Binding {
  method: string
  /** What follows the group in the path; undefined when the group is a member of the body. */
  suffix?: string
  /** The query key of each member; undefined when the members travel in the body. */
  query?: { [member: string]: string }
}

const BINDINGS: { [operation in OperationName]?: Binding } = {
  PutRecord: { method: 'PUT', suffix: '' },
  GetRecord: {
    method: 'GET',
    suffix: '',
    query: {
      RecordIdentifierValueAsString: 'RecordIdentifierValueAsString',
      FeatureNames: 'FeatureName',
      ExpirationTimeResponse: 'ExpirationTimeResponse',
    },
  },
  DeleteRecord: {
    method: 'DELETE',
    suffix: '',
    query: {
      RecordIdentifierValueAsString: 'RecordIdentifierValueAsString',
      EventTime: 'EventTime',
      TargetStores: 'TargetStores',
      DeletionMode: 'DeletionMode',
    },
  },
  ListRecords: { method: 'POST', suffix: '/ListRecords' },
  UpdateRecord: { method: 'POST', suffix: '/Record' },
}

export type Place = 'path' | 'query' | 'body'

/** Where a member of an operation's input travels. */
export function placeOf(operation: OperationName, member: string): Place {
  const binding = BINDINGS[operation]
  if (binding?.suffix !== undefined && member === 'FeatureGroupName') return 'path'
  return binding?.query === undefined ? 'body' : 'query'
}

export function hasBody(operation: OperationName): boolean {
  return BINDINGS[operation]?.query === undefined
}

/** The request that calls an operation with this input. */
export function toRequest(operation: OperationName, input: Input): Request {
  const { method, suffix, query } = BINDINGS[operation] ?? { method: 'POST' }
  const { FeatureGroupName: name = '', ...rest } = input
  const path = suffix === undefined ? rootOf(operation) : `/FeatureGroup/${encodeURIComponent(String(name))}${suffix}`
  const headers: Request['headers'] = [['host', 'localhost']]
  if (!isRuntime(operation)) headers.push(['x-amz-target', `SageMaker.${operation}`])
  if (query !== undefined) {
    return { method, target: `${path}?${toQuery(rest, query)}`, headers, body: undefined }
  }
  headers.push(['content-type', isRuntime(operation) ? 'application/json' : 'application/x-amz-json-1.1'])
  const body = Buffer.from(toJson(suffix === undefined ? input : rest))
  return { method, target: path, headers, body }
}

function rootOf(operation: OperationName): string {
  return isRuntime(operation) ? `/${operation}` : '/'
}

function toQuery(input: Input, keys: { [member: string]: string }): string {
  const pairs = Object.entries(input).flatMap(([member, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (item) => `${encodeURIComponent(keys[member] ?? member)}=${encodeURIComponent(String(item))}`,
    ),
  )
  return pairs.join('&')
}

/** The request with these headers in place of those of their names; undefined leaves a header out. */
export function withHeaders(request: Request, changed: { [name: string]: string | undefined }): Request {
  const kept = request.headers.filter(([name]) => !Object.hasOwn(changed, name))
  const added = Object.entries(changed).flatMap(([name, value]): Request['headers'] =>
    value === undefined ? [] : [[name, value]],
  )
  return { ...request, headers: [...kept, ...added] }
}

/** The bytes of a request. Its content-length is that of the body unless the headers say something of their own. */
export function toBytes({ method, target, headers, body }: Request): Buffer {
  const isFramed = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
  const length: Request['headers'] = body === undefined || isFramed ? [] : [['content-length', String(body.length)]]
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  return body === undefined ? head : Buffer.concat([head, body])
}

/** The body in chunks of up to `size` bytes, for `transfer-encoding: chunked`. */
export function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
