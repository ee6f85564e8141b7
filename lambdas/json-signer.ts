import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import type { AwsCredentialIdentity, HttpRequest } from '@smithy/types'

export interface JsonSignerOptions {
  /** Asked for each signature. */
  credentials: () => Promise<AwsCredentialIdentity>
  region: string
  service: string
}

/** What signatures of one day by the same secret have in common. */
interface Day {
  date: string
  secret: string
  key: KeyObject
  scope: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * Signs requests of AWS's JSON protocols, which have a body and no query, for `now` in milliseconds since the epoch: a
 * fifth of what the SDK's signer takes, which is made for requests of every kind. Signed is what AWS asks for: the host,
 * the type of the content and all headers that begin with x-amz-.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function jsonSigner({ credentials, region, service }: JsonSignerOptions) {
  let day: Day | undefined

  function dayOf(date: string, secret: string): Day {
    if (day?.date === date && day.secret === secret) return day
    const key = [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`))
    day = { date, secret, key: createSecretKey(key), scope: `${date}/${region}/${service}/aws4_request` }
    return day
  }

  return async (request: HttpRequest, now: number): Promise<HttpRequest> => {
    const by = await credentials()
    const time = basicTime(now)
    const { key, scope } = dayOf(time.slice(0, 8), by.secretAccessKey)
    const { headers } = request
    headers['x-amz-date'] = time
    if (by.sessionToken !== undefined) headers['x-amz-security-token'] = by.sessionToken
    else delete headers['x-amz-security-token']
    const names = signedNames(headers)
    const toSign = `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonicalRequest(request, names))}`
    const signature = createHmac('sha256', key).update(toSign).digest('hex')
    const credential = `${by.accessKeyId}/${scope}`
    headers['authorization'] =
      `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`
    return request
  }
}

function signedNames(headers: HttpRequest['headers']): string[] {
  const isSigned = (name: string) => name.startsWith('x-amz-') || name === 'host' || name === 'content-type'
  return Object.keys(headers).filter(isSigned).sort()
}

function canonicalRequest({ method, path, headers, body }: HttpRequest, names: string[]): string {
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  return `${method}\n${canonicalPath(path)}\n\n${lines}\n${names.join(';')}\n${hash('sha256', body)}`
}

function canonicalPath(path: string): string {
  return path === '/' ? path : path.split('/').map(encodeURIComponent).join('/')
}

let latest = { second: Number.NaN, time: '' }

/** A time as `20261121T184500Z`. It is the same for all requests of a second. */
function basicTime(now: number): string {
  const second = Math.floor(now / 1000)
  if (latest.second !== second) {
    latest = { second, time: new Date(second * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '') }
  }
  return latest.time
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
