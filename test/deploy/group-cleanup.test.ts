import { DeleteFeatureGroupCommand } from '@aws-sdk/client-sagemaker'
import { expect, it, vi } from 'vitest'
import { createGroup, sageMaker } from '../conformance/deployment.ts'
import { at, putRecord } from '../conformance/records.ts'
import { onlineItem, onlineItems } from './emulated-aws.ts'

it('the records of a deleted group are removed, and those of other groups stay', async () => {
  const group = await createGroup()
  const kept = await createGroup()
  for (const id of ['a', 'b', 'c']) await putRecord(group, { id, time: at(1) })
  await putRecord(kept, { id: 'a', time: at(1) })
  const { pk } = await onlineItem(group, 'a')
  const groupId = pk?.S?.split('#')[0] ?? ''
  await sageMaker.send(new DeleteFeatureGroupCommand({ FeatureGroupName: group.name }))
  const isGone = async () => !(await onlineItems()).some((item) => item['pk']?.S?.startsWith(`${groupId}#`))
  // The cleanup begins a minute after the deletion.
  await vi.waitUntil(isGone, { timeout: 110_000, interval: 2_000 })
  expect(await onlineItem(kept, 'a')).toBeDefined()
})
