import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  CreateFeatureGroupCommand,
  DeleteFeatureGroupCommand,
  DescribeFeatureGroupCommand,
  ListFeatureGroupsCommand,
  ListTagsCommand,
  type SageMakerClient,
  UpdateFeatureGroupCommand,
} from '@aws-sdk/client-sagemaker'
import {
  BatchGetRecordCommand,
  BatchWriteRecordCommand,
  DeleteRecordCommand,
  GetRecordCommand,
  ListRecordsCommand,
  PutRecordCommand,
  type SageMakerFeatureStoreRuntimeClient,
  UpdateRecordCommand,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { SIGNER, startApiGateway } from './api-gateway.ts'
import { readmeLines } from './readme-lines.ts'

interface Clients {
  sagemaker: SageMakerClient
  featureStore: SageMakerFeatureStoreRuntimeClient
}

const gateway = await startApiGateway(inject('endpoint'))
const directory = await mkdtemp(join(tmpdir(), 'cairn-signing-'))
let clients: Clients
let unchanged: Clients

beforeAll(async () => {
  await symlink(join(import.meta.dirname, '../../node_modules'), join(directory, 'node_modules'))
  vi.stubEnv('AWS_ACCESS_KEY_ID', SIGNER.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SIGNER.secretAccessKey)
  const lines = readmeLines('javascript', gateway.endpoint)
  clients = await run('deployment', lines)
  unchanged = await run('unchanged', lines.replace(/ +signingName: .*\n/, ''))
})

beforeEach(() => {
  gateway.faults.length = 0
})

afterAll(async () => {
  for (const { sagemaker, featureStore } of [clients, unchanged]) {
    sagemaker.destroy()
    featureStore.destroy()
  }
  await gateway.close()
  await rm(directory, { recursive: true })
})

/** Runs lines of a module and answers the clients that they make. */
async function run(name: string, lines: string): Promise<Clients> {
  const file = join(directory, `${name}.mjs`)
  await writeFile(file, `${lines}\nexport { sagemaker, featureStore }\n`)
  return await import(/* @vite-ignore */ pathToFileURL(file).href)
}

async function createGroup(): Promise<string> {
  const { FeatureGroupArn = '' } = await clients.sagemaker.send(
    new CreateFeatureGroupCommand({
      FeatureGroupName: `signed-${Date.now()}-${Math.random().toString(36).slice(2)}`,
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'time',
      FeatureDefinitions: [
        { FeatureName: 'id', FeatureType: 'String' },
        { FeatureName: 'time', FeatureType: 'String' },
        { FeatureName: 'text', FeatureType: 'String' },
      ],
      OnlineStoreConfig: { EnableOnlineStore: true },
      Tags: [{ Key: 'team', Value: 'a b+c' }],
    }),
  )
  return FeatureGroupArn
}

function toRecord(id: string, text: string) {
  return Object.entries({ id, time: '2026-11-01T12:00:00Z', text }).map(([FeatureName, ValueAsString]) => ({
    FeatureName,
    ValueAsString,
  }))
}

const IDENTIFIERS = ['plain', 'a b', 'a+b', 'a/b', '100% = "all" & ?', "~!*'()", 'é 日本 😀', 'arn%3Aaws', 'a,b;c:d']

describe('the lines of README.md for JavaScript', () => {
  it('sign the control plane for execute-api', async () => {
    const arn = await createGroup()
    const name = arn.split('/')[1]
    const { sagemaker } = clients
    const addition = { FeatureName: 'more', FeatureType: 'Integral' } as const
    await sagemaker.send(new UpdateFeatureGroupCommand({ FeatureGroupName: arn, FeatureAdditions: [addition] }))
    const described = await sagemaker.send(new DescribeFeatureGroupCommand({ FeatureGroupName: name }))
    expect(described.FeatureDefinitions).toContainEqual(addition)
    const listed = await sagemaker.send(new ListFeatureGroupsCommand({ NameContains: name }))
    expect(listed.FeatureGroupSummaries?.map(({ FeatureGroupArn }) => FeatureGroupArn)).toEqual([arn])
    const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }))
    expect(Tags).toEqual([{ Key: 'team', Value: 'a b+c' }])
    await sagemaker.send(new DeleteFeatureGroupCommand({ FeatureGroupName: name }))
    expect(gateway.faults).toEqual([])
  })

  for (const by of ['name', 'ARN']) {
    it(`sign all seven operations on records for execute-api, the group called by its ${by}`, async () => {
      const arn = await createGroup()
      const FeatureGroupName = by === 'ARN' ? arn : String(arn.split('/')[1])
      const { featureStore } = clients
      const [first = '', ...rest] = IDENTIFIERS
      await featureStore.send(new PutRecordCommand({ FeatureGroupName, Record: toRecord(first, 'one') }))
      const Entries = rest.map((id) => ({ FeatureGroupName, Record: toRecord(id, 'one') }))
      expect((await featureStore.send(new BatchWriteRecordCommand({ Entries }))).Errors).toEqual([])
      for (const RecordIdentifierValueAsString of IDENTIFIERS) {
        const key = { FeatureGroupName, RecordIdentifierValueAsString }
        const Features = [{ FeatureName: 'text', ValueAsString: `${RecordIdentifierValueAsString}!` }]
        await featureStore.send(new UpdateRecordCommand({ ...key, Features }))
        const { Record } = await featureStore.send(new GetRecordCommand({ ...key, FeatureNames: ['text', 'id'] }))
        expect(Record).toContainEqual(Features[0])
        expect(Record).toContainEqual({ FeatureName: 'id', ValueAsString: RecordIdentifierValueAsString })
      }
      const { RecordIdentifiers } = await featureStore.send(new ListRecordsCommand({ FeatureGroupName }))
      expect(RecordIdentifiers?.toSorted()).toEqual(IDENTIFIERS.toSorted())
      const Identifiers = [{ FeatureGroupName, RecordIdentifiersValueAsString: IDENTIFIERS }]
      for (const RecordIdentifierValueAsString of rest) {
        const EventTime = '2026-11-02T12:00:00.500Z'
        await featureStore.send(new DeleteRecordCommand({ FeatureGroupName, RecordIdentifierValueAsString, EventTime }))
      }
      const { Records } = await featureStore.send(new BatchGetRecordCommand({ Identifiers }))
      expect(Records?.map(({ RecordIdentifierValueAsString }) => RecordIdentifierValueAsString)).toEqual([first])
      expect(gateway.faults).toEqual([])
      await clients.sagemaker.send(new DeleteFeatureGroupCommand({ FeatureGroupName: arn.split('/')[1] }))
    })
  }

  it('are refused without signingName, since they sign for sagemaker', async () => {
    const forbidden = { message: 'Forbidden', $metadata: { httpStatusCode: 403 } }
    await expect(unchanged.sagemaker.send(new ListFeatureGroupsCommand({}))).rejects.toMatchObject(forbidden)
    const ask = new ListRecordsCommand({ FeatureGroupName: 'any' })
    await expect(unchanged.featureStore.send(ask)).rejects.toMatchObject(forbidden)
    expect(gateway.faults).toHaveLength(2)
    for (const fault of gateway.faults) expect(fault).toMatch(/\/sagemaker\/aws4_request, it must be .*\/execute-api\//)
  })

  it('are refused with another secret', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'other')
    const { sagemaker } = await run('other-secret', readmeLines('javascript', gateway.endpoint))
    await expect(sagemaker.send(new ListFeatureGroupsCommand({}))).rejects.toThrow('Forbidden')
    expect(gateway.faults[0]).toContain('the signature is not that of')
    sagemaker.destroy()
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SIGNER.secretAccessKey)
  })
})

describe('a request that is altered after it was signed', () => {
  /** Sends `command` with what `alter` makes of the request after its signature. */
  async function sendAltered(alter: (request: { query: object; path: string; body: Uint8Array }) => void) {
    const { featureStore } = await run(`altered-${Math.random()}`, readmeLines('javascript', gateway.endpoint))
    featureStore.middlewareStack.add(
      (next) => (args) => {
        alter(args.request as Parameters<typeof alter>[0])
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    return featureStore
  }

  it('is refused when its query is another', async () => {
    const featureStore = await sendAltered((request) => {
      request.query = { ...request.query, RecordIdentifierValueAsString: 'another' }
    })
    const ask = new GetRecordCommand({ FeatureGroupName: 'any', RecordIdentifierValueAsString: 'one' })
    await expect(featureStore.send(ask)).rejects.toThrow('Forbidden')
    expect(gateway.faults[0]).toContain('RecordIdentifierValueAsString=another')
  })

  it('is refused when its path is another', async () => {
    const featureStore = await sendAltered((request) => {
      request.path = request.path.replace('any', 'another')
    })
    const ask = new ListRecordsCommand({ FeatureGroupName: 'any' })
    await expect(featureStore.send(ask)).rejects.toThrow('Forbidden')
    expect(gateway.faults[0]).toContain('/FeatureGroup/another/ListRecords')
  })

  it('is refused when its body is another, though the header x-amz-content-sha256 is the one that was signed', async () => {
    const featureStore = await sendAltered((request) => {
      request.body = Buffer.from(new TextDecoder().decode(request.body).replace('one', 'two'))
    })
    const put = new PutRecordCommand({ FeatureGroupName: 'any', Record: toRecord('one', 'text') })
    await expect(featureStore.send(put)).rejects.toThrow('Forbidden')
    expect(gateway.faults[0]).toMatch(/x-amz-content-sha256:[0-9a-f]{64}\n/)
  })
})
