import { createHash, createHmac } from 'node:crypto'

export interface SignedRequest {
  method: string
  /** Path and query as they came, not decoded. */
  url: string
  /** Names and values as they came, in turn (`rawHeaders` of node:http). */
  rawHeaders: readonly string[]
  body: Uint8Array
}

/** What a signature must be made with and for. */
export interface Signer {
  accessKeyId: string
  secretAccessKey: string
  region: string
  service: string
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$/
const MAX_SKEW_SECONDS = 300

/**
 * Why a request is not the signer's; undefined when it is. Computes the signature anew from what came over the wire, as
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html has it for services other
 * than S3, and shares no code with any SDK. `now` is milliseconds since the epoch.
 */
export function signatureFault(request: SignedRequest, signer: Signer, now: number): string | undefined {
  const headers = headersOf(request.rawHeaders)
  const [, credential = '', signedNames = '', signature] = AUTHORIZATION.exec(headers.get('authorization') ?? '') ?? []
  if (signature === undefined) return 'there is no AWS4-HMAC-SHA256 signature in the header Authorization'
  const time = headers.get('x-amz-date') ?? ''
  const scope = [time.slice(0, 8), signer.region, signer.service, 'aws4_request'].join('/')
  if (credential !== `${signer.accessKeyId}/${scope}`) {
    return `the credential is ${credential}, it must be ${signer.accessKeyId}/${scope}`
  }
  const skewSeconds = Math.abs(now - millisecondsOf(time)) / 1000
  if (!(skewSeconds <= MAX_SKEW_SECONDS)) return `X-Amz-Date is ${time}, not within ${MAX_SKEW_SECONDS} s of now`
  const unsigned = unsignedHeader([...headers.keys()], signedNames.split(';'))
  if (unsigned !== undefined) return `the header ${unsigned} is not signed`
  const canonical = canonicalRequest(request, headers, signedNames)
  if (signature !== signatureOf(canonical, { time, scope, signer })) {
    return `the signature is not that of\n${canonical}`
  }
  return undefined
}

function headersOf(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = String(rawHeaders[at]).toLowerCase()
    const value = String(rawHeaders[at + 1])
      .trim()
      .replace(/ +/g, ' ')
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before},${value}`)
  }
  return headers
}

/** NaN for what is no time. */
function millisecondsOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function unsignedHeader(present: string[], signed: string[]): string | undefined {
  const required = ['host', 'x-amz-date', ...present.filter((name) => name.startsWith('x-amz-'))]
  return required.find((name) => !signed.includes(name))
}

function canonicalRequest(request: SignedRequest, headers: Map<string, string>, signedNames: string): string {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s)
  const lines = signedNames.split(';').map((name) => `${name}:${headers.get(name) ?? ''}\n`)
  return [
    request.method,
    // The path came encoded once and is encoded again, so that the %2F of an ARN is %252F here.
    path.split('/').map(uriEncode).join('/'),
    canonicalQuery(query),
    lines.join(''),
    signedNames,
    sha256(request.body),
  ].join('\n')
}

function canonicalQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    return [uriEncode(decodeURIComponent(name)), uriEncode(decodeURIComponent(value))] as const
  })
  pairs.sort(([nameA, valueA], [nameB, valueB]) => inByteOrder(nameA, nameB) || inByteOrder(valueA, valueB))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function inByteOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Everything but A-Z a-z 0-9 - _ . ~ as %XX of its UTF-8 bytes. */
function uriEncode(text: string): string {
  return Buffer.from(text).reduce((encoded, byte) => {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9\-_.~]/.test(character)) return encoded + character
    return `${encoded}%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }, '')
}

function signatureOf(canonical: string, { time, scope, signer }: { time: string; scope: string; signer: Signer }) {
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`)
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(Buffer.from(canonical))].join('\n')).toString('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
