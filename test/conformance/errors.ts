import { SageMakerServiceException } from '@aws-sdk/client-sagemaker'
import {
  ConflictException,
  ResourceNotFound,
  SageMakerFeatureStoreRuntimeServiceException,
  ValidationError,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { expect } from 'vitest'

/** The runtime's modelled exceptions, with the status of each. */
const RUNTIME_ERRORS = {
  ValidationError: { type: ValidationError, status: 400 },
  ResourceNotFound: { type: ResourceNotFound, status: 404 },
  ConflictException: { type: ConflictException, status: 409 },
}

/** Asserts that a runtime call fails with the SDK's own exception of that name, and a message that has `text` in it. */
export async function expectError(
  call: Promise<unknown>,
  name: keyof typeof RUNTIME_ERRORS,
  text: string,
): Promise<void> {
  const { type, status } = RUNTIME_ERRORS[name]
  const error = await errorOf(call)
  expect(error).toBeInstanceOf(SageMakerFeatureStoreRuntimeServiceException)
  expect(error).toBeInstanceOf(type)
  expectAnswer(error, { name, status, text })
}

/**
 * Asserts that a control plane call fails with that code and a message that has `text` in it. The SDK has no types
 * for ValidationException, so that name and status are what tells.
 */
export async function expectSageMakerError(
  call: Promise<unknown>,
  name: 'ValidationException' | 'ResourceNotFound' | 'ResourceInUse' | 'ResourceLimitExceeded',
  text: string,
): Promise<void> {
  const error = await errorOf(call)
  expect(error).toBeInstanceOf(SageMakerServiceException)
  expectAnswer(error, { name, status: 400, text })
}

interface Answer {
  name: string
  status: number
  text: string
}

function expectAnswer(error: unknown, { name, status, text }: Answer): void {
  expect(error).toMatchObject({
    name,
    message: expect.stringContaining(text),
    $metadata: { httpStatusCode: status, requestId: expect.stringMatching(/./) },
    $fault: 'client',
  })
}

/** What the call fails with. Throws when it succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  return expect.unreachable('the call should have failed')
}
