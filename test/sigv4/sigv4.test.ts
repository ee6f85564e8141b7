import { describe, expect, it } from 'vitest'
import { SIGNER } from './api-gateway.ts'
import { type SignedRequest, signatureFault } from './sigv4.ts'

/** AWS's own signature test suite: the service is called `service`, the time is the one that all its requests have. */
const SUITE = { ...SIGNER, service: 'service' }
const SUITE_TIME = Date.UTC(2015, 7, 30, 12, 36)
const CREDENTIAL = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request'
const HOST_AND_TIME = ['Host', 'example.amazonaws.com', 'X-Amz-Date', '20150830T123600Z']

interface Example {
  signature: string
  signedHeaders?: string
  method?: string
  url?: string
  headers?: string[]
  body?: string
}

function suiteRequest(example: Example): SignedRequest {
  const { signature, signedHeaders = 'host;x-amz-date', method = 'GET', url = '/', headers = [], body = '' } = example
  const authorization = `${CREDENTIAL}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  const rawHeaders = [...HOST_AND_TIME, ...headers, 'Authorization', authorization]
  return { method, url, rawHeaders, body: Buffer.from(body) }
}

const letters = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const EXAMPLES: { [name: string]: Example } = {
  'get-vanilla': { signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  'get-vanilla-query-order-key-case': {
    url: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'get-vanilla-query-unreserved': {
    url: `/?${letters}=${letters}`,
    signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  },
  'get-header-value-trim': {
    headers: ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    signedHeaders: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  'post-x-www-form-urlencoded': {
    method: 'POST',
    headers: ['Content-Type', 'application/x-www-form-urlencoded'],
    signedHeaders: 'content-type;host;x-amz-date',
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
}

describe('the verifier of signatures', () => {
  for (const [name, example] of Object.entries(EXAMPLES)) {
    it(`accepts ${name} of AWS's test suite, and it with no other secret`, () => {
      expect(signatureFault(suiteRequest(example), SUITE, SUITE_TIME)).toBeUndefined()
      const other = { ...SUITE, secretAccessKey: 'other' }
      expect(signatureFault(suiteRequest(example), other, SUITE_TIME)).toContain('the signature is not that of')
    })
  }

  it('refuses the request of another service, region or key', () => {
    const request = suiteRequest({ signature: EXAMPLES['get-vanilla']?.signature ?? '' })
    for (const other of [{ service: 'execute-api' }, { region: 'eu-west-1' }, { accessKeyId: 'AKIDOTHER' }]) {
      expect(signatureFault(request, { ...SUITE, ...other }, SUITE_TIME)).toContain('the credential is AKIDEXAMPLE/')
    }
  })

  it('refuses a request of more than five minutes ago', () => {
    const request = suiteRequest({ signature: EXAMPLES['get-vanilla']?.signature ?? '' })
    expect(signatureFault(request, SUITE, SUITE_TIME + 300_000)).toBeUndefined()
    expect(signatureFault(request, SUITE, SUITE_TIME + 300_001)).toContain('not within 300 s of now')
  })

  it('refuses a request without a signature, and one with a header of AWS that is not signed', () => {
    const { signature = '' } = EXAMPLES['get-vanilla'] ?? {}
    const bare = { ...suiteRequest({ signature }), rawHeaders: HOST_AND_TIME }
    expect(signatureFault(bare, SUITE, SUITE_TIME)).toContain('there is no AWS4-HMAC-SHA256 signature')
    const unsigned = suiteRequest({ signature, headers: ['X-Amz-Target', 'SageMaker.ListFeatureGroups'] })
    expect(signatureFault(unsigned, SUITE, SUITE_TIME)).toBe('the header x-amz-target is not signed')
  })
})
