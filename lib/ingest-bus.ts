import { CfnRule, EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { Settings } from './settings.ts'
import type { WorkQueue } from './work-queue.ts'

export interface IngestBusProps {
  readonly settings: Settings
  /** Which events of the bus are for the store. */
  readonly pattern: NonNullable<Settings['ingestPattern']>
  /** Where they go; to its dead letters those that EventBridge cannot bring there. */
  readonly work: WorkQueue
}

/** Unique in its bus; CloudFormation's own name for a rule has that of the bus in it. */
export const RULE_NAME = 'ingest'

/** A bus of EventBridge whose events, as far as they match a pattern, go to the queue of events. */
export class IngestBus extends Construct {
  readonly bus: EventBus

  constructor(scope: Construct, id: string, { settings, pattern, work }: IngestBusProps) {
    super(scope, id)
    const { queue, deadLetters } = work
    this.bus = new EventBus(this, 'Bus', {
      // What CDK would generate is the same for every deployment.
      eventBusName: `${settings.namePrefix}-events`,
      description: 'Events for the feature store',
    })
    // As it is given: the construct of CDK takes no pattern in the words of EventBridge.
    const rule = new CfnRule(this, 'Rule', {
      name: RULE_NAME,
      description: 'Events to the queue of the feature store',
      eventBusName: this.bus.eventBusName,
      eventPattern: pattern,
      targets: [{ id: 'Queue', arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queueArn } }],
    })
    for (const target of [queue, deadLetters]) {
      target.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [target.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
        }),
      )
    }
  }
}
