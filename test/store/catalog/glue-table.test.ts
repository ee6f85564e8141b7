import { GlueClient } from '@aws-sdk/client-glue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Catalog } from '../../../store/catalog/catalog.ts'
import { glueTables } from '../../../store/catalog/glue-table.ts'
import type { FeatureDefinition } from '../../../store/groups/feature-group.ts'
import { createFeatureGroup } from '../../../store/operations/create-feature-group.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { updateFeatureGroup } from '../../../store/operations/update-feature-group.ts'
import type { ControlStores } from '../../../store/stores.ts'
import { CLIENT } from '../../aws/dynalite.ts'
import { type GlueOptions, startGlue } from '../../aws/glue-endpoint.ts'
import { serviceError } from '../../aws/json-endpoint.ts'
import { groupRequest, openControlPlane } from '../control-plane.ts'

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of closings.splice(0)) await close()
})

const S3StorageConfig = { S3Uri: 's3://anywhere/prefix' }
const warehouse = { database: 'cairn_offline', location: 's3://warehouse/tables' }
const role = 'arn:aws:iam::123456789012:role/optimizer'
const TABLE = 'my_orders_1700000000'

type Fails = NonNullable<GlueOptions['fails']>

async function open(fails: Fails = () => undefined) {
  const plane = openControlPlane()
  const now = () => plane.stores.now()
  const glue = await startGlue('cairn_offline', { fails, now })
  const client = new GlueClient({ ...CLIENT, endpoint: glue.endpoint, maxAttempts: 2 })
  closings.push(glue.close, () => client.destroy())
  const storesWith = (catalog: Catalog): ControlStores => {
    const rest = { account: plane.stores.account, optimizerRole: role, now, backoffMs: 1 }
    return { ...plane.stores, catalog, tables: glueTables(client, { warehouse, catalog, ...rest }) }
  }
  const stores = storesWith(plane.stores.catalog)
  return {
    ...plane,
    glue,
    stores,
    storesWith,
    create: (more: object = {}, name = 'My-Orders') =>
      createFeatureGroup(stores, groupRequest(name, { OfflineStoreConfig: { S3StorageConfig }, ...more })),
    add: (...names: string[]) => update(stores, names),
    describeIt: () => describeFeatureGroup(stores, { FeatureGroupName: 'My-Orders' }),
    current() {
      const table = glue.tables.get(TABLE)
      return table?.schemas.find(({ SchemaId }) => SchemaId === table.currentSchemaId)?.Fields
    },
  }
}

function update(stores: ControlStores, names: string[]) {
  const FeatureAdditions = names.map((FeatureName) => ({ FeatureName, FeatureType: 'String' }))
  return updateFeatureGroup(stores, { FeatureGroupName: 'My-Orders', FeatureAdditions })
}

function failed(code: string, message = /./) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) })
}

/** Fails an operation the first so many times. */
function failing(
  operation: string,
  times: number,
  failure: Error | boolean = serviceError(500, 'InternalFailure'),
): Fails {
  let left = times
  return (called) => (called === operation && left-- > 0 ? failure : undefined)
}

describe('CreateFeatureGroup with an offline store in Glue', () => {
  const list: FeatureDefinition = { FeatureName: 'Tags', FeatureType: 'String', CollectionType: 'Set' }

  it('makes an Iceberg table with typed columns, a partition for each day and optimizers', async () => {
    const { create, glue, stores } = await open()
    await create({ FeatureDefinitions: [...groupRequest('').FeatureDefinitions, list] })
    const group = await stores.catalog.get('My-Orders')
    const table = glue.tables.get(TABLE)
    expect(table).toMatchObject({
      location: `s3://warehouse/tables/${TABLE}/${group?.groupId}`,
      partition: [{ SourceId: 4, Transform: 'day', Name: '_event_time_day' }],
      properties: { 'write.parquet.compression-codec': 'zstd', 'cairn.feature-group': 'My-Orders' },
    })
    expect(table?.schemas[0]?.Fields.map(({ Name, Type, Required }) => [Name, Type, Required])).toEqual([
      ['id', 'string', false],
      ['time', 'double', false],
      ['count', 'long', false],
      ['tags', { type: 'list', 'element-id': 17, element: 'string', 'element-required': false }, false],
      ['write_time', 'timestamp', true],
      ['api_invocation_time', 'timestamp', true],
      ['is_deleted', 'boolean', true],
      ['_event_time', 'timestamp', true],
      ['_deletion_session', 'string', false],
      ['_sequence', 'long', false],
    ])
    expect([...(table?.optimizers.keys() ?? [])]).toEqual(['compaction', 'retention', 'orphan_file_deletion'])
    for (const optimizer of table?.optimizers.values() ?? [])
      expect(optimizer).toMatchObject({ roleArn: role, enabled: true })
  })

  it('tells where the table really is', async () => {
    const { create, describeIt, stores } = await open()
    await create()
    const group = await stores.catalog.get('My-Orders')
    expect((await describeIt()).OfflineStoreConfig).toEqual({
      S3StorageConfig: {
        S3Uri: 's3://anywhere/prefix',
        ResolvedOutputS3Uri: `s3://warehouse/tables/${TABLE}/${group?.groupId}`,
      },
      DisableGlueTableCreation: false,
      DataCatalogConfig: { TableName: TABLE, Catalog: 'AwsDataCatalog', Database: 'cairn_offline' },
    })
  })

  it('makes no table for a group that is online only', async () => {
    const { create, glue } = await open()
    await create({ OfflineStoreConfig: undefined })
    expect(glue.calls).toEqual([])
  })

  it('takes a table name of its own, and refuses another database and a history without a table', async () => {
    const { create, glue } = await open()
    const config = (Database: string) => ({ TableName: 'own', Catalog: 'AwsDataCatalog', Database })
    const offline = (more: object) => ({ OfflineStoreConfig: { S3StorageConfig, ...more } })
    const refused = failed('ValidationException', /must be cairn_offline, or left out/)
    await expect(create(offline({ DataCatalogConfig: config('shop') }))).rejects.toThrow(refused)
    const without = failed('ValidationException', /DisableGlueTableCreation true is not supported/)
    await expect(create(offline({ DisableGlueTableCreation: true }))).rejects.toThrow(without)
    const named = { DisableGlueTableCreation: true, DataCatalogConfig: config('cairn_offline') }
    await expect(create(offline(named))).rejects.toThrow(without)
    await create(offline({ DataCatalogConfig: config('cairn_offline') }))
    expect([...glue.tables.keys()]).toEqual(['own'])
  })

  it('holds a group of 2,500 features', async () => {
    const { create, current } = await open()
    const many = Array.from({ length: 2_497 }, (_, i) => ({ ...list, FeatureName: `list-${i}` }))
    await create({ FeatureDefinitions: [...groupRequest('').FeatureDefinitions, ...many] })
    expect(current()).toHaveLength(2_506)
  })

  it('has the table before the group can be seen', async () => {
    const { glue, storesWith, stores } = await open()
    const seen: string[][] = []
    const watching: Catalog = {
      ...stores.catalog,
      create(group) {
        seen.push([...glue.tables.keys()])
        return stores.catalog.create(group)
      },
    }
    await createFeatureGroup(
      storesWith(watching),
      groupRequest('My-Orders', { OfflineStoreConfig: { S3StorageConfig } }),
    )
    expect(seen).toEqual([[TABLE]])
  })

  it.each([
    'CreateTable',
    'CreateTableOptimizer',
  ])('leaves nothing when %s fails, and can be repeated', async (operation) => {
    const { create, glue, stores, describeIt } = await open(failing(operation, 2))
    await expect(create()).rejects.toThrow(failed('ServiceUnavailable'))
    expect(await stores.catalog.get('My-Orders')).toBeUndefined()
    expect([...glue.tables.keys()]).toEqual([])
    await create()
    expect((await describeIt()).FeatureGroupStatus).toBe('Created')
    expect(glue.tables.get(TABLE)?.optimizers.size).toBe(3)
  })

  it.each(['CreateTable', 'CreateTableOptimizer'])('takes a %s whose answer was lost for made', async (operation) => {
    const { create, glue } = await open(failing(operation, 1, true))
    await create()
    expect(glue.tables.get(TABLE)?.optimizers.size).toBe(3)
  })

  it('is at fault when it may not create tables, and leaves nothing', async () => {
    const { create, glue, stores } = await open(failing('CreateTable', 9, serviceError(400, 'AccessDeniedException')))
    await expect(create()).rejects.toThrow(failed('InternalFailure'))
    expect([await stores.catalog.get('My-Orders'), glue.tables.size]).toEqual([undefined, 0])
  })

  it('tells of the limit of Glue when it is reached', async () => {
    const limit = serviceError(400, 'ResourceNumberLimitExceededException')
    const { create } = await open(failing('CreateTable', 1, limit))
    await expect(create()).rejects.toThrow(failed('ResourceLimitExceeded'))
  })

  it('makes no table when the name is taken, and leaves the one that is there', async () => {
    const { create, glue } = await open()
    await create()
    const [table] = glue.tables.values()
    glue.calls.length = 0
    await expect(create()).rejects.toThrow(failed('ResourceInUse', /already exists/))
    expect(glue.calls).toEqual([])
    expect([...glue.tables.values()]).toEqual([table])
  })

  it('leaves one group and its table when many create it at once', async () => {
    const { create, glue, stores } = await open()
    const created = await Promise.allSettled(Array.from({ length: 6 }, () => create()))
    expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of created) if (one.status === 'rejected') expect(one.reason).toEqual(failed('ResourceInUse'))
    const group = await stores.catalog.get('My-Orders')
    expect([...glue.tables.values()].map(({ location }) => location)).toEqual([
      `s3://warehouse/tables/${TABLE}/${group?.groupId}`,
    ])
  })

  it('refuses a table that has the history of another group, a deleted one too', async () => {
    const { create, stores, tick } = await open()
    const own = { TableName: 'own', Catalog: 'AwsDataCatalog', Database: 'cairn_offline' }
    const more = { OfflineStoreConfig: { S3StorageConfig, DataCatalogConfig: own } }
    await create(more, 'first')
    const first = await stores.catalog.get('first')
    if (first !== undefined) await stores.catalog.remove(first)
    tick(600_000)
    await expect(create(more, 'second')).rejects.toThrow(failed('ResourceInUse', /table cairn_offline.own exists/))
    expect(await stores.catalog.get('second')).toBeUndefined()
  })

  it('replaces the table of a creation that came to nothing, once it cannot be under way', async () => {
    const { create, glue, stores, tick } = await open()
    const own = { TableName: 'own', Catalog: 'AwsDataCatalog', Database: 'cairn_offline' }
    const more = { OfflineStoreConfig: { S3StorageConfig, DataCatalogConfig: own } }
    const crashed = { ...stores, catalog: { ...stores.catalog, create: () => new Promise<boolean>(() => {}) } }
    void createFeatureGroup(crashed, groupRequest('My-Orders', more))
    await expect.poll(() => glue.tables.get('own')?.optimizers.size).toBe(3)
    const left = glue.tables.get('own')
    await expect(create(more)).rejects.toThrow(failed('ResourceInUse'))
    tick(301_000)
    await create(more)
    const group = await stores.catalog.get('My-Orders')
    expect(left?.location).not.toBe(glue.tables.get('own')?.location)
    expect(glue.tables.get('own')?.location).toBe(`s3://warehouse/tables/own/${group?.groupId}`)
  })

  it('keeps the table of a group whose creation succeeded without an answer', async () => {
    const { stores, storesWith, glue } = await open()
    const lost = Object.assign(new Error('lost'), { code: 'ServiceUnavailable' })
    const losing: Catalog = {
      ...stores.catalog,
      async create(group) {
        await stores.catalog.create(group)
        throw lost
      },
    }
    await createFeatureGroup(storesWith(losing), groupRequest('My-Orders', { OfflineStoreConfig: { S3StorageConfig } }))
    expect(glue.tables.size).toBe(1)
    const failingCatalog: Catalog = { ...stores.catalog, create: () => Promise.reject(lost) }
    const other = groupRequest('other', { OfflineStoreConfig: { S3StorageConfig } })
    await expect(createFeatureGroup(storesWith(failingCatalog), other)).rejects.toThrow('lost')
    expect([...glue.tables.keys()]).toEqual([TABLE])
  })
})

describe('UpdateFeatureGroup with an offline store in Glue', () => {
  const added = (opened: { current: () => { Name: string; Id: number }[] | undefined }) =>
    opened.current()?.flatMap(({ Name, Id }) => (Id >= 16 ? [[Name, Id]] : []))

  async function openGroup(fails?: Fails) {
    const opened = await open(fails)
    await opened.create()
    opened.tick()
    return opened
  }
  async function names({ describeIt }: Awaited<ReturnType<typeof open>>): Promise<string[]> {
    return (await describeIt()).FeatureDefinitions.slice(3).map(({ FeatureName }) => FeatureName)
  }

  it('appends columns with new ids, and leaves those that are there', async () => {
    const opened = await openGroup()
    await opened.add('b', 'C')
    const list = { FeatureName: 'list', FeatureType: 'Integral', CollectionType: 'List' }
    await updateFeatureGroup(opened.stores, { FeatureGroupName: 'My-Orders', FeatureAdditions: [list] })
    await opened.add('d')
    expect(added(opened)).toEqual([
      ['b', 16],
      ['c', 18],
      ['list', 20],
      ['d', 22],
    ])
    expect(await names(opened)).toEqual(['b', 'C', 'list', 'd'])
    expect(opened.glue.tables.get(TABLE)?.schemas).toHaveLength(4)
  })

  it('has the column before the feature can be seen', async () => {
    const opened = await openGroup()
    const seen: (number | undefined)[][] = []
    const watching: Catalog = {
      ...opened.stores.catalog,
      replace(group) {
        seen.push([group.FeatureDefinitions.length, opened.current()?.length])
        return opened.stores.catalog.replace(group)
      },
    }
    await update(opened.storesWith(watching), ['b'])
    expect(seen).toEqual([
      [3, 9],
      [4, 10],
    ])
  })

  it('loses none of many that are made at once', async () => {
    const opened = await openGroup()
    await Promise.all(['b', 'c', 'd', 'e'].map((name) => opened.add(name)))
    expect((await names(opened)).sort()).toEqual(['b', 'c', 'd', 'e'])
    expect(added(opened)?.map(([name]) => name)).toEqual(await names(opened))
  })

  it('goes on while Firehose commits to the table', async () => {
    const conflict = serviceError(400, 'ConcurrentModificationException')
    const opened = await openGroup(failing('UpdateTable', 5, conflict))
    await opened.add('b')
    expect(added(opened)).toEqual([['b', 16]])
  })

  it('is unavailable when Glue fails, shows nothing of it, and can be repeated', async () => {
    const opened = await openGroup(failing('GetTable', 2))
    await expect(opened.add('b')).rejects.toThrow(failed('ServiceUnavailable'))
    expect(await names(opened)).toEqual([])
    await opened.add('b')
    expect(await names(opened)).toEqual(['b'])
    expect(added(opened)).toEqual([['b', 16]])
  })

  it('takes an update whose answer was lost for made', async () => {
    const opened = await openGroup(failing('UpdateTable', 1, true))
    await opened.add('b')
    expect(added(opened)).toEqual([['b', 16]])
  })

  it('forgets an update that Glue refuses, so that another one can be made', async () => {
    const opened = await openGroup(failing('UpdateTable', 1, serviceError(400, 'InvalidInputException')))
    await expect(opened.add('b')).rejects.toThrow(failed('InternalFailure'))
    await opened.add('c')
    expect(await names(opened)).toEqual(['c'])
    expect(added(opened)).toEqual([['c', 16]])
  })

  /** A process that dies once the table has the columns, or before. */
  async function crash({ stores, storesWith, current }: Awaited<ReturnType<typeof open>>, isEvolved: boolean) {
    const dying = storesWith(stores.catalog)
    const { evolve } = dying.tables
    const evolved = Promise.withResolvers<void>()
    dying.tables.evolve = async (group) => {
      if (isEvolved) await evolve(group)
      evolved.resolve()
      await new Promise(() => {})
    }
    void update(dying, ['lost'])
    await evolved.promise
    expect(current()).toHaveLength(isEvolved ? 10 : 9)
  }

  it.each([true, false])('finishes what a process left that died, and then its own (%s)', async (isEvolved) => {
    const opened = await openGroup()
    await crash(opened, isEvolved)
    expect(await names(opened)).toEqual([])
    opened.tick(121_000)
    await opened.add('b')
    expect(await names(opened)).toEqual(['lost', 'b'])
    expect(added(opened)).toEqual([
      ['lost', 16],
      ['b', 18],
    ])
  })

  it('counts a repeated update as made when it finishes the very one that was left', async () => {
    const opened = await openGroup()
    await crash(opened, true)
    opened.tick(121_000)
    await opened.add('lost')
    expect(await names(opened)).toEqual(['lost'])
    await expect(opened.add('lost')).rejects.toThrow(failed('ValidationException', /more than once/))
  })

  it('waits for an update that may be under way, and gives up in the end', async () => {
    const opened = await openGroup()
    await crash(opened, false)
    // The waits in between are random ones, from nothing on.
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await expect(opened.add('b')).rejects.toThrow(failed('ResourceInUse', /features are being added/))
  })

  it('lets the rest of the group change meanwhile', async () => {
    const opened = await openGroup()
    const slow = opened.storesWith(opened.stores.catalog)
    const { evolve } = slow.tables
    slow.tables.evolve = async (group) => {
      const OnlineStoreConfig = { TtlDuration: { Unit: 'Days', Value: 2 } }
      await updateFeatureGroup(opened.stores, { FeatureGroupName: 'My-Orders', OnlineStoreConfig })
      await evolve(group)
    }
    await update(slow, ['b'])
    expect(await names(opened)).toEqual(['b'])
    expect((await opened.describeIt()).OnlineStoreConfig?.TtlDuration).toEqual({ Unit: 'Days', Value: 2 })
  })
})
