import { describe, expect, it } from 'vitest'
import { addTags } from '../../../store/operations/add-tags.ts'
import { deleteTags } from '../../../store/operations/delete-tags.ts'
import { describeFeatureGroup } from '../../../store/operations/describe-feature-group.ts'
import { listTags } from '../../../store/operations/list-tags.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

const ResourceArn = 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders'
const tag = (Key: string, Value = 'v') => ({ Key, Value })
const tags = (from: number, count: number) => Array.from({ length: count }, (_, n) => tag(`k${from + n}`))

async function openGroup(...Tags: object[]) {
  const plane = openControlPlane()
  await createGroup(plane.stores, 'orders', { Tags })
  plane.tick()
  return {
    ...plane,
    add: (Tags: object[]) => addTags(plane.stores, { ResourceArn, Tags }),
    remove: (TagKeys: string[]) => deleteTags(plane.stores, { ResourceArn, TagKeys }),
    list: async () => (await listTags(plane.stores, { ResourceArn })).Tags,
  }
}

function refused(code: string, message: RegExp) {
  return expect.objectContaining({ code, message: expect.stringMatching(message) })
}

describe('AddTags, ListTags and DeleteTags', () => {
  it('list the tags that a group was created with', async () => {
    const { list } = await openGroup(tag('team', 'data'), tag('cost', ''))
    expect(await list()).toEqual([tag('team', 'data'), tag('cost', '')])
  })

  it('add tags, overwrite those of the same key and answer all of them', async () => {
    const { add, list } = await openGroup(tag('a', '1'), tag('b', '1'))
    const all = [tag('a', '2'), tag('b', '1'), tag('A', '3')]
    expect(await add([tag('a', '2'), tag('A', '3')])).toEqual({ Tags: all })
    expect(await list()).toEqual(all)
  })

  it('remove tags by key, whether or not they are there', async () => {
    const { remove, list } = await openGroup(tag('a'), tag('b'), tag('c'))
    expect(await remove(['a', 'c', 'unknown'])).toEqual({})
    expect(await list()).toEqual([tag('b')])
  })

  it('change neither the status nor the time of the last update', async () => {
    const { stores, add, remove } = await openGroup()
    const before = await describeFeatureGroup(stores, { FeatureGroupName: 'orders' })
    await add([tag('a')])
    await remove(['a'])
    expect(await describeFeatureGroup(stores, { FeatureGroupName: 'orders' })).toEqual(before)
  })

  it('keep fifty tags and no more', async () => {
    const { add, remove, list } = await openGroup(...tags(0, 50))
    await expect(add(tags(50, 1))).rejects.toThrow(
      refused('ResourceLimitExceeded', /would have 51 tags: it can have 50/),
    )
    await add(tags(0, 50))
    await remove(['k7'])
    await add(tags(50, 1))
    expect(await list()).toHaveLength(50)
  })

  it('answer all tags in one page, and take no NextToken', async () => {
    const { stores } = await openGroup(...tags(0, 50))
    expect(await listTags(stores, { ResourceArn, MaxResults: 50 })).toEqual({ Tags: tags(0, 50) })
    await expect(listTags(stores, { ResourceArn, MaxResults: 49 })).rejects.toThrow(/greater than or equal to 50/)
    await expect(listTags(stores, { ResourceArn, NextToken: 'x' })).rejects.toThrow(/NextToken 'x' is not valid/)
  })

  it('refuse keys that are not allowed', async () => {
    const { add, remove } = await openGroup()
    await expect(add([tag('a'), tag('a')])).rejects.toThrow(refused('ValidationException', /more than once/))
    await expect(add([tag('aws:a')])).rejects.toThrow(refused('ValidationException', /reserved/))
    await expect(add([tag('')])).rejects.toThrow(/greater than or equal to 1/)
    await expect(remove([])).rejects.toThrow(/greater than or equal to 1/)
  })

  it('find no resource but a feature group of this account and region', async () => {
    const { stores } = await openGroup()
    const others = [
      ResourceArn.replace('orders', 'others'),
      ResourceArn.replace('feature-group', 'model'),
      ResourceArn.replace('us-east-1', 'eu-west-1'),
      ResourceArn.replace('123456789012', '999999999999'),
      `${ResourceArn}:x`,
      `${ResourceArn}/x`,
    ]
    for (const other of others) {
      const notFound = refused('ResourceNotFound', /can't find a FeatureGroup with name/)
      await expect(listTags(stores, { ResourceArn: other })).rejects.toThrow(notFound)
      await expect(addTags(stores, { ResourceArn: other, Tags: [] })).rejects.toThrow(notFound)
      await expect(deleteTags(stores, { ResourceArn: other, TagKeys: ['a'] })).rejects.toThrow(notFound)
    }
    await expect(listTags(stores, { ResourceArn: 'orders' })).rejects.toThrow(
      refused('ValidationException', /resourceArn/),
    )
  })

  it('lose none of many tags that are added at once', async () => {
    const { add, list } = await openGroup()
    await Promise.all(tags(0, 4).map((one) => add([one])))
    expect(await list()).toHaveLength(4)
  })
})
