import { Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Accepts a finding of cdk-nag on the construct and what is in it, for a reason that the report repeats. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason })
}

/** Accepts that a role may use all resources that this ARN with a wildcard matches. */
export function acknowledgeWildcard(role: IConstruct, arn: string, reason: string): void {
  acknowledge(role, `AwsSolutions-IAM5[Resource::${asNagWrites(Stack.of(role).resolve(arn))}]`, reason)
}

/** CloudFormation's functions as cdk-nag writes them in the ids of its findings: `<Name>` and `<Resource.Attribute>`. */
function asNagWrites(value: string | { [name: string]: unknown }): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value
  if (typeof Ref === 'string') return `<${Ref}>`
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`
  if (Array.isArray(join)) return (join[1] as (typeof value)[]).map(asNagWrites).join(String(join[0]))
  throw new Error(`an ARN has a part that is neither text, Ref, Fn::GetAtt nor Fn::Join: ${JSON.stringify(value)}`)
}
