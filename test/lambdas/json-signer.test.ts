import type { HttpRequest } from '@smithy/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonSigner } from '../../lambdas/json-signer.ts'
import { signatureFault } from '../sigv4/sigv4.ts'

const AWS = { region: 'eu-central-1', service: 'dynamodb' }
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const NOW = Date.UTC(2026, 10, 21, 23, 59, 59)

function putItem(body = '{}', more: { headers?: { [name: string]: string }; path?: string } = {}): HttpRequest {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.PutItem',
    'content-length': String(Buffer.byteLength(body)),
    host: 'dynamodb.eu-central-1.amazonaws.com',
    'amz-sdk-request': 'attempt=1; max=3',
  }
  const { host } = headers
  const url = { protocol: 'https:', hostname: host, path: '/', query: {} }
  return { method: 'POST', ...url, ...more, headers: { ...headers, ...more.headers }, body }
}

function faultOf({ method, path, headers, body }: HttpRequest, by: typeof KEYS, now: number): string | undefined {
  const rawHeaders = Object.entries(headers).flat()
  return signatureFault({ method, url: path, rawHeaders, body: Buffer.from(body) }, { ...by, ...AWS }, now)
}

it('signs any request at any time, by whatever credentials there are then', async () => {
  const text = fc.string({ minLength: 1 })
  const printable = fc.stringMatching(/^[!-~]{1,40}$/)
  const credentials = fc.record(
    { accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/), secretAccessKey: text, sessionToken: printable },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  )
  const request = fc.record({
    body: fc.string({ unit: 'binary' }),
    path: fc.constantFrom('/', '/base/'),
    header: printable,
    now: fc.integer({ min: NOW - 200_000_000, max: NOW + 200_000_000 }),
  })
  let current = KEYS
  const sign = jsonSigner({ ...AWS, credentials: async () => current })
  await fc.assert(
    fc.asyncProperty(credentials, fc.array(request, { maxLength: 4 }), async (given, requests) => {
      current = given
      for (const { body, path, header, now } of requests) {
        const signed = await sign(putItem(body, { path, headers: { 'x-amz-more': header } }), now)
        expect(faultOf(signed, given, now)).toBeUndefined()
        expect(signed.headers['x-amz-security-token']).toBe(given.sessionToken)
      }
    }),
  )
})

it('signs a request anew that was signed before', async () => {
  let current: typeof KEYS & { sessionToken?: string } = { ...KEYS, sessionToken: 'old' }
  const sign = jsonSigner({ ...AWS, credentials: async () => current })
  const request = await sign(putItem(), NOW)
  current = { accessKeyId: 'AKIDOTHER', secretAccessKey: 'other' }
  const again = await sign(request, NOW + 1_000)
  expect(faultOf(again, current, NOW + 1_000)).toBeUndefined()
  expect(again.headers).toMatchObject({ 'x-amz-date': '20261122T000000Z' })
  expect(again.headers['x-amz-security-token']).toBeUndefined()
})

it('fails when there are no credentials', async () => {
  const credentials = () => Promise.reject(new Error('there are no credentials'))
  await expect(jsonSigner({ ...AWS, credentials })(putItem(), NOW)).rejects.toThrow('there are no credentials')
})
