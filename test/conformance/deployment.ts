import { randomBytes } from 'node:crypto'
import {
  CreateFeatureGroupCommand,
  type CreateFeatureGroupCommandInput,
  DeleteFeatureGroupCommand,
  DescribeFeatureGroupCommand,
  SageMakerClient,
  ResourceNotFound as SageMakerResourceNotFound,
} from '@aws-sdk/client-sagemaker'
import { SageMakerFeatureStoreRuntimeClient } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { afterAll, inject, vi } from 'vitest'

export const endpoint = inject('endpoint')

const isLocal = /^http:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(endpoint)

const connection = {
  endpoint,
  ...(isLocal
    ? { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
    : { signingName: 'execute-api' }),
}

export const runtime = new SageMakerFeatureStoreRuntimeClient(connection)
export const sageMaker = new SageMakerClient(connection)

/** A name that no other group has had. */
export function uniqueName(): string {
  return `conformance-${randomBytes(8).toString('hex')}`
}

export type GroupInput = Omit<Partial<CreateFeatureGroupCommandInput>, 'OnlineStoreConfig' | 'OfflineStoreConfig'> & {
  /** Null for a group without that store. */
  OnlineStoreConfig?: CreateFeatureGroupCommandInput['OnlineStoreConfig'] | null
  OfflineStoreConfig?: CreateFeatureGroupCommandInput['OfflineStoreConfig'] | null
}

/** The request for a group with both stores and the features id, time, text, count and ratio, but as `input` has it. */
export function groupRequest(input: GroupInput = {}): CreateFeatureGroupCommandInput {
  const { OnlineStoreConfig = { EnableOnlineStore: true }, OfflineStoreConfig = OFFLINE, ...rest } = input
  return {
    FeatureGroupName: uniqueName(),
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'String' },
      { FeatureName: 'text', FeatureType: 'String' },
      { FeatureName: 'count', FeatureType: 'Integral' },
      { FeatureName: 'ratio', FeatureType: 'Fractional' },
    ],
    ...(OnlineStoreConfig !== null && { OnlineStoreConfig }),
    ...(OfflineStoreConfig !== null && { OfflineStoreConfig }),
    RoleArn: 'arn:aws:iam::000000000000:role/feature-store',
    ...rest,
  }
}

const OFFLINE = { S3StorageConfig: { S3Uri: 's3://conformance/offline' } }

export interface Group {
  name: string
  arn: string
}

const created = new Set<string>()

/** Creates the group of `groupRequest`, waits until it is there, and deletes it when the file's tests are through. */
export async function createGroup(input: GroupInput = {}): Promise<Group> {
  const request = groupRequest(input)
  const name = String(request.FeatureGroupName)
  created.add(name)
  const { FeatureGroupArn } = await sageMaker.send(new CreateFeatureGroupCommand(request))
  await vi.waitUntil(async () => (await statusOf(name)) === 'Created', { timeout: 50_000, interval: 200 })
  return { name, arn: String(FeatureGroupArn) }
}

/** Has a group that the test creates by itself deleted when the file's tests are through. */
export function deleteAfterwards(name: string): void {
  created.add(name)
}

async function statusOf(FeatureGroupName: string) {
  const { FeatureGroupStatus } = await sageMaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName }))
  return FeatureGroupStatus
}

afterAll(async () => {
  await Promise.all([...created].map(deleteGroup))
})

async function deleteGroup(FeatureGroupName: string): Promise<void> {
  await sageMaker.send(new DeleteFeatureGroupCommand({ FeatureGroupName })).catch((error: unknown) => {
    if (!(error instanceof SageMakerResourceNotFound)) throw error
  })
}
