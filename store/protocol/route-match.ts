import { ApiError, quote } from '../api-error.ts'
import { ROUTES, type RuntimeOperation } from './routes.ts'

export interface Match {
  operation: RuntimeOperation
  /** As the path has it; undefined for operations that name groups in the body. */
  featureGroupName: string | undefined
}

/** What follows `/FeatureGroup/{FeatureGroupName}` in the paths of the table, to the operation of each method. */
const byPath = new Map<string, Map<string, RuntimeOperation>>()
for (const [operation, { method, path }] of Object.entries(ROUTES)) {
  const methods = byPath.get(path) ?? new Map()
  byPath.set(path, methods.set(method, operation as RuntimeOperation))
}

const SUFFIXES = new Set(['ListRecords', 'Record'])

/**
 * The operation that a request line asks for. An ARN may stand in the path encoded (`%2F`), or decoded by a gateway
 * into two segments. Throws UnknownOperationException for a path, MethodNotAllowedException for a method that is not
 * in the table, ValidationError for percent-encoding that is none.
 */
export function matchRoute(method: string, path: string): Match {
  const { template, name } = split(path)
  const methods = byPath.get(template)
  if (methods === undefined) throw new ApiError('UnknownOperationException', `there is no path ${quote(path)}`)
  const operation = methods.get(method)
  if (operation === undefined) {
    const allowed = [...methods.keys()].join(', ')
    throw new ApiError(
      'MethodNotAllowedException',
      `method ${quote(method)} is not allowed for ${quote(path)}: ${allowed}`,
    )
  }
  return { operation, featureGroupName: name }
}

function split(path: string): { template: string; name: string | undefined } {
  const segments = path.split('/')
  if (segments[1] !== 'FeatureGroup' || segments.length < 3) return { template: path, name: undefined }
  const rest = segments.slice(2)
  const last = rest.at(-1) ?? ''
  const suffix = rest.length > 1 && SUFFIXES.has(last) && !isArnInTwo(rest) ? `/${rest.pop()}` : ''
  if (rest.length > (isArnInTwo(rest) ? 2 : 1)) return { template: path, name: undefined }
  return { template: `/FeatureGroup/{FeatureGroupName}${suffix}`, name: rest.map(decode).join('/') }
}

/** `arn:…:feature-group` and a name, in two segments. */
function isArnInTwo(segments: string[]): boolean {
  return segments.length === 2 && decode(segments[0] ?? '').endsWith(':feature-group')
}

const URL_CHARACTERS = /^[\x21-\x7e]*$/

/** Decodes percent-encoding. Throws ValidationError when it is not UTF-8, not hexadecimal or left out. */
export function decode(text: string): string {
  try {
    if (!URL_CHARACTERS.test(text)) throw new URIError('characters outside ASCII must be percent-encoded')
    return decodeURIComponent(text)
  } catch (cause) {
    throw new ApiError('ValidationError', `${quote(text)} is not valid percent-encoding of UTF-8`, { cause })
  }
}
