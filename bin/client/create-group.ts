import { setTimeout } from 'node:timers/promises'
import { CreateFeatureGroupCommand, DescribeFeatureGroupCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker'
import { createGroupParams, type GroupPlan } from './group-plan.ts'

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 2_000
/** SageMaker documents 10 to 15 minutes for a group with an InMemory store. */
const PATIENCE_MS = 15 * 60_000

/** Makes a group and answers its ARN when it can be used. Throws when it could not be made. */
export async function createGroup(control: SageMakerClient, plan: GroupPlan): Promise<string> {
  const { FeatureGroupArn = '' } = await control.send(new CreateFeatureGroupCommand(createGroupParams(plan)))
  await untilCreated(control, plan.name)
  return FeatureGroupArn
}

async function untilCreated(control: SageMakerClient, name: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const group = await control.send(new DescribeFeatureGroupCommand({ FeatureGroupName: name, NextToken: undefined }))
    if (group.FeatureGroupStatus === 'Created') return
    if (group.FeatureGroupStatus !== 'Creating' || Date.now() > deadline) {
      const reason = group.FailureReason ?? 'no reason given'
      throw new Error(`feature group ${name} is not ready: it is ${group.FeatureGroupStatus} (${reason})`)
    }
    await setTimeout(waitMs)
  }
}
