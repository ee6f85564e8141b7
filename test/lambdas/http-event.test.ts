import { describe, expect, it } from 'vitest'
import { fitsInResult, toRequest, toResult } from '../../lambdas/http-event.ts'
import { matchRoute } from '../../store/protocol/route-match.ts'
import { apiGatewayEvent } from './api-gateway-event.ts'

const ARN = 'arn:aws:sagemaker:eu-central-1:123456789012:feature-group'

describe('the request of an event', () => {
  it.each([
    ['GET /FeatureGroup/{FeatureGroupName}', { FeatureGroupName: 'orders' }, 'GetRecord', 'orders'],
    ['PUT /FeatureGroup/{FeatureGroupName}', { FeatureGroupName: 'orders' }, 'PutRecord', 'orders'],
    [
      'DELETE /FeatureGroup/{ArnPrefix}/{FeatureGroupName}',
      { ArnPrefix: ARN, FeatureGroupName: 'orders' },
      'DeleteRecord',
      `${ARN}/orders`,
    ],
    [
      'POST /FeatureGroup/{ArnPrefix}/{FeatureGroupName}/ListRecords',
      { ArnPrefix: ARN, FeatureGroupName: 'Record' },
      'ListRecords',
      `${ARN}/Record`,
    ],
    ['POST /FeatureGroup/{FeatureGroupName}/Record', { FeatureGroupName: 'Record' }, 'UpdateRecord', 'Record'],
    ['GET /FeatureGroup/{ArnPrefix}/{FeatureGroupName}', { ArnPrefix: 'a', FeatureGroupName: 'b' }, 'GetRecord', 'a/b'],
    ['GET /FeatureGroup/{FeatureGroupName}', { FeatureGroupName: 'a b+ü%' }, 'GetRecord', 'a b+ü%'],
    ['POST /BatchGetRecord', undefined, 'BatchGetRecord', undefined],
  ])('of route %s with %j asks for what the route says', (routeKey, pathParameters, operation, featureGroupName) => {
    const event = apiGatewayEvent({ routeKey, ...(pathParameters !== undefined && { pathParameters }) })
    const { method, path } = toRequest(event)
    expect(matchRoute(method, path)).toEqual({ operation, featureGroupName })
  })
  it('takes an ARN that a gateway has left encoded', () => {
    const FeatureGroupName = encodeURIComponent(`${ARN}/orders`)
    const routeKey = 'GET /FeatureGroup/{FeatureGroupName}'
    const { method, path } = toRequest(apiGatewayEvent({ routeKey, pathParameters: { FeatureGroupName } }))
    expect(matchRoute(method, path).featureGroupName).toBe(`${ARN}/orders`)
  })
  it('decodes nothing else twice, so that one path is never taken for another', () => {
    const routeKey = 'GET /FeatureGroup/{FeatureGroupName}'
    const pathParameters = { FeatureGroupName: '%73ecret' }
    const { method, path } = toRequest(apiGatewayEvent({ routeKey, pathParameters }))
    expect(matchRoute(method, path).featureGroupName).toBe('%73ecret')
  })
  it('has the path of a request that no route took', () => {
    const event = apiGatewayEvent({ routeKey: '$default', rawPath: '/Feature Group/a/b' })
    expect(toRequest(event).path).toBe('/Feature%20Group/a/b')
  })
  it('names the session of a path', () => {
    const routeKey = 'POST /delete/{session}/undo'
    const event = apiGatewayEvent({ routeKey, pathParameters: { session: 'campaign:1/2' } })
    expect(toRequest(event).path).toBe('/delete/campaign%3A1%2F2/undo')
  })
  it('says which IAM caller has sent it', () => {
    const { caller } = toRequest(apiGatewayEvent({ routeKey: 'POST /delete' }))
    expect(caller).toBe('arn:aws:sts::123456789012:assumed-role/team/session')
  })
  it('has the query as it was sent, commas and repeated keys included', () => {
    const rawQueryString = 'FeatureName=a&FeatureName=b%2Cc&RecordIdentifierValueAsString=1%2C2%26'
    const event = apiGatewayEvent({ routeKey: 'GET /FeatureGroup/{FeatureGroupName}', rawQueryString })
    expect(toRequest(event).query).toBe(rawQueryString)
  })
  it('has the body, sent as text or as base64', () => {
    const text = '{"Entries":["ü"]}'
    const routeKey = 'POST /BatchWriteRecord'
    const encoded = { body: Buffer.from(text).toString('base64'), isBase64Encoded: true }
    for (const sent of [{ body: text }, encoded]) {
      expect(Buffer.from(toRequest(apiGatewayEvent({ routeKey, ...sent })).body).toString()).toBe(text)
    }
    expect(toRequest(apiGatewayEvent({ routeKey })).body).toHaveLength(0)
  })
})

describe('the result of a response', () => {
  it('is what API Gateway takes', () => {
    const response = { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFound' }, body: '{}', operation: 'x' }
    expect(toResult(response)).toEqual({
      statusCode: 404,
      headers: { 'x-amzn-errortype': 'ResourceNotFound' },
      body: '{}',
      isBase64Encoded: false,
    })
  })
  it('fits as long as the body, as a string within JSON, has less than 6 MB', () => {
    const megabyte = 1024 * 1024
    expect(fitsInResult('x'.repeat(5.9 * megabyte))).toBe(true)
    expect(fitsInResult('x'.repeat(6 * megabyte))).toBe(false)
    expect(fitsInResult('"'.repeat(2.9 * megabyte))).toBe(true)
    expect(fitsInResult('"'.repeat(3.1 * megabyte))).toBe(false)
    expect(fitsInResult('€'.repeat(2.1 * megabyte))).toBe(false)
  })
})
