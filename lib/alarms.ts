import { Aws } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { deleteAlarms } from './delete-alarms.ts'
import { ingestAlarms } from './ingest-alarms.ts'
import { ingestFilesAlarms } from './ingest-files-alarms.ts'
import { ageOf, firehoseMetric, messagesIn, PERIOD, throttlesOf, throttlesOfAll } from './metrics.ts'
import { restoreAlarms } from './restore-alarms.ts'
import type { Watched } from './watched.ts'

interface AlarmDefinition {
  metric: IMetric
  /** The least value that is too much. */
  threshold: number
  /** For how many periods of five minutes in a row. @default 1 */
  periods?: number
  /** What has happened, and what to do first. */
  description: string
}

/** The alarms of a deployment and the topic that they tell. */
export class Alarms extends Construct {
  readonly topic: Topic

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const { alarmEmail, namePrefix } = watched.settings
    this.topic = new Topic(this, 'Topic', { enforceSSL: true, displayName: `Feature store ${namePrefix}` })
    letAlarmsPublish(this.topic)
    if (alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(alarmEmail))
    const action = new SnsAction(this.topic)
    const definitions = {
      ...requestAlarms(watched),
      ...historyAlarms(watched),
      ...backgroundAlarms(watched),
      ...deleteAlarms(watched),
      ...restoreAlarms(watched),
      ...ingestAlarms(watched),
      ...ingestFilesAlarms(watched),
    }
    for (const [name, { metric, threshold, periods = 1, description }] of Object.entries(definitions)) {
      const alarm = new Alarm(this, name, {
        metric,
        threshold,
        evaluationPeriods: periods,
        alarmDescription: description,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
      alarm.addAlarmAction(action)
      alarm.addOkAction(action)
    }
  }
}

/** A topic with a policy of its own, as that for TLS, has no longer SNS's, which lets alarms of the account publish. */
function letAlarmsPublish(topic: Topic): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  )
}

/** Alarms by their names. */
export type Definitions = { [name: string]: AlarmDefinition }

function requestAlarms({ api, answering, tables }: Watched): Definitions {
  return {
    ServerErrors: {
      metric: api.stage.metricServerError({ statistic: Stats.SUM, period: PERIOD }),
      threshold: 5,
      description: 'Requests fail with 5xx. Read the errors in the log groups of the functions.',
    },
    FunctionThrottles: {
      metric: throttlesOfAll(answering),
      threshold: 1,
      description: 'Lambda turns requests away. Raise the concurrency quota of the account.',
    },
    WriteThrottles: {
      metric: throttlesOf(tables.online, 'Write'),
      threshold: 100,
      description: 'DynamoDB slows writes down. Spread them over more time, or make a hot group anew with more shards.',
    },
    ReadThrottles: {
      metric: throttlesOf(tables.online, 'Read'),
      threshold: 100,
      description: 'DynamoDB slows reads down. Look for an identifier that is read far more than others.',
    },
  }
}

function historyAlarms({ history, outbox, settings }: Watched): Definitions {
  return {
    FailedRows: {
      metric: firehoseMetric(history, 'DeliveryToIceberg.FailedRowCount', Stats.SUM),
      threshold: 1,
      description: 'Firehose could not deliver rows. They lie under errors/ in the bucket: send them again.',
    },
    LateRows: {
      metric: firehoseMetric(history, 'DeliveryToIceberg.DataFreshness', Stats.MAXIMUM),
      threshold: Math.max(900, 3 * settings.bufferingSeconds),
      periods: 3,
      description: "Rows wait too long for delivery. Read the errors in the stream's log group.",
    },
    StreamThrottles: {
      metric: firehoseMetric(history, 'ThrottledRecords', Stats.SUM),
      threshold: 1_000,
      description: 'Firehose turns rows away, and they take the way over the outbox. Raise the quota of the stream.',
    },
    OldestInOutbox: {
      metric: ageOf(outbox.queue),
      threshold: 900,
      periods: 3,
      description: 'Rows wait in the outbox: Firehose does not take them. Read the log of the function OfflineOutbox.',
    },
    OutboxDeadLetters: {
      metric: messagesIn(outbox.deadLetters),
      threshold: 1,
      description: 'Rows were set aside after too many tries. Find the cause, then redrive the queue.',
    },
  }
}

function backgroundAlarms({ background, jobs }: Watched): Definitions {
  const { expiry, offlineOutbox, expiryDeadLetters } = background
  const functions = { Expiry: expiry, OfflineOutbox: offlineOutbox, Jobs: background.jobs }
  const errors = Object.entries(functions).map(([name, made]): [string, AlarmDefinition] => [
    `${name}Errors`,
    {
      metric: made.function.metricErrors({ period: PERIOD }),
      threshold: 1,
      periods: 3,
      description: `The function ${name} keeps failing. Read its log.`,
    },
  ])
  return {
    ...Object.fromEntries(errors),
    ExpiryAge: {
      metric: expiry.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD }),
      threshold: 3_600_000,
      description: 'Deletion markers of expired records are an hour late; after a day they are lost.',
    },
    ExpiryDeadLetters: {
      metric: messagesIn(expiryDeadLetters),
      threshold: 1,
      description: 'Deletion markers of expired records were given up. Each message names their place in the stream.',
    },
    JobsDeadLetters: {
      metric: messagesIn(jobs.deadLetters),
      threshold: 1,
      description:
        'A job was set aside after too many tries, such as the removal of a group. Find the cause, then redrive the queue.',
    },
  }
}
