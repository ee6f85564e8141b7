import {
  AddTagsCommand,
  DeleteTagsCommand,
  ListTagsCommand,
  paginateListTags,
  type Tag,
} from '@aws-sdk/client-sagemaker'
import { describe, expect, it } from 'vitest'
import { createGroup, type Group, sageMaker, uniqueName } from './deployment.ts'
import { expectSageMakerError } from './errors.ts'

const addTags = (ResourceArn: string, Tags: Tag[]) => sageMaker.send(new AddTagsCommand({ ResourceArn, Tags }))
const deleteTags = (ResourceArn: string, TagKeys: string[]) =>
  sageMaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys }))

function byKey(tags: Tag[] = []) {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

async function tagsOf({ arn }: Group) {
  return byKey((await sageMaker.send(new ListTagsCommand({ ResourceArn: arn }))).Tags)
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `key-${index}`, Value: 'x' }))

describe('the tags of a feature group', () => {
  it('are those that it was created with', async () => {
    const group = await createGroup({
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'empty', Value: '' },
      ],
    })
    expect(await tagsOf(group)).toEqual({ team: 'shop', empty: '' })
  })
  it('are none when none were given', async () => {
    expect(await tagsOf(await createGroup())).toEqual({})
  })
  it('grow by AddTags, which answers all of them; a tag of the same key is replaced', async () => {
    const group = await createGroup({
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'stage', Value: 'test' },
      ],
    })
    const added = [
      { Key: 'stage', Value: 'live' },
      { Key: 'Zürich:1/2', Value: 'a+b = c@d' },
    ]
    const all = { team: 'shop', stage: 'live', 'Zürich:1/2': 'a+b = c@d' }
    expect(byKey((await addTags(group.arn, added)).Tags)).toEqual(all)
    expect(await tagsOf(group)).toEqual(all)
  })
  it('shrink by DeleteTags; keys that are not there are no error', async () => {
    const group = await createGroup({ Tags: numbered(3) })
    await deleteTags(group.arn, ['key-1', 'never-there'])
    expect(await tagsOf(group)).toEqual({ 'key-0': 'x', 'key-2': 'x' })
  })
  it('are told apart by case', async () => {
    const group = await createGroup({
      Tags: [
        { Key: 'a', Value: 'lower' },
        { Key: 'A', Value: 'upper' },
      ],
    })
    expect(await tagsOf(group)).toEqual({ a: 'lower', A: 'upper' })
  })
  it('can be 50, and are listed by the paginator', async () => {
    const group = await createGroup({ Tags: numbered(50) })
    const keys: (string | undefined)[] = []
    for await (const { Tags = [] } of paginateListTags(
      { client: sageMaker, pageSize: 50 },
      { ResourceArn: group.arn },
    )) {
      keys.push(...Tags.map(({ Key }) => Key))
    }
    expect(keys.sort()).toEqual(
      numbered(50)
        .map(({ Key }) => Key)
        .sort(),
    )
  })
  it('cannot be 51', async () => {
    const group = await createGroup({ Tags: numbered(50) })
    await expectSageMakerError(addTags(group.arn, [{ Key: 'more', Value: 'x' }]), 'ResourceLimitExceeded', '51 tags')
    await addTags(group.arn, [{ Key: 'key-7', Value: 'replaced' }])
    expect(await tagsOf(group)).toMatchObject({ 'key-7': 'replaced' })
  })
  it.each<[string, Tag, string]>([
    ['an empty key', { Key: '', Value: 'x' }, 'tags.1.member.key'],
    ['a key of 129 characters', { Key: 'x'.repeat(129), Value: 'x' }, 'tags.1.member.key'],
    ['a value of 257 characters', { Key: 'x', Value: 'x'.repeat(257) }, 'tags.1.member.value'],
    ['a key with a character that is not allowed', { Key: 'a#b', Value: 'x' }, "'a#b'"],
    ['a key of AWS', { Key: 'aws:team', Value: 'x' }, "'aws:team'"],
  ])('do not take %s', async (_, tag, text) => {
    const group = await createGroup()
    await expectSageMakerError(addTags(group.arn, [tag]), 'ValidationException', text)
    expect(await tagsOf(group)).toEqual({})
  })
  it('do not take a key twice at once', async () => {
    const group = await createGroup()
    await expectSageMakerError(addTags(group.arn, [...numbered(1), ...numbered(1)]), 'ValidationException', "'key-0'")
  })
})

describe('tags of what is not there', () => {
  it('are a ResourceNotFound', async () => {
    const { arn, name } = await createGroup()
    const missing = [
      arn.replace(name, uniqueName()),
      arn.replace(/:\d{12}:/, ':999999999999:'),
      arn.replace(/^(arn:[^:]*:[^:]*):[^:]*/, '$1:ap-south-2'),
    ]
    for (const ResourceArn of missing) {
      const resource = ResourceArn.split('/')[1] ?? ''
      await expectSageMakerError(addTags(ResourceArn, numbered(1)), 'ResourceNotFound', resource)
      await expectSageMakerError(deleteTags(ResourceArn, ['a']), 'ResourceNotFound', resource)
      await expectSageMakerError(sageMaker.send(new ListTagsCommand({ ResourceArn })), 'ResourceNotFound', resource)
    }
  })
  it('are a ValidationException for what is no ARN', async () => {
    await expectSageMakerError(addTags('my-group', numbered(1)), 'ValidationException', "'my-group'")
  })
  it('are not listed in pages of fewer than 50', async () => {
    const { arn } = await createGroup()
    const call = sageMaker.send(new ListTagsCommand({ ResourceArn: arn, MaxResults: 49 }))
    await expectSageMakerError(call, 'ValidationException', "'49'")
  })
  it('are not deleted without keys', async () => {
    const { arn } = await createGroup()
    await expectSageMakerError(deleteTags(arn, []), 'ValidationException', 'tagKeys')
  })
})
