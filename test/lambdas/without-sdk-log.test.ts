import { expect, it } from 'vitest'
import { dynamodbClient } from '../../lambdas/dynamodb-client.ts'
import { withoutSdkLog } from '../../lambdas/without-sdk-log.ts'

it('leaves nothing in a client that copies what is sent for a log', () => {
  const steps = dynamodbClient().middlewareStack.identify()
  expect(steps.length).toBeGreaterThan(5)
  expect(steps.filter((step) => step.startsWith('loggerMiddleware'))).toEqual([])
})

it('refuses a client that has no such log, as that of another version of the SDK may', () => {
  expect(() => withoutSdkLog(dynamodbClient())).toThrow('loggerMiddleware')
})
