import { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowOn } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import type { WorkQueue } from './work-queue.ts'

export interface SessionSweepProps extends FunctionDefaults {
  readonly tables: Tables
  readonly jobs: WorkQueue
}

/** Every hour: has removed what can no longer be undone, and takes up what lost its worker: delete sessions, restores. */
export class SessionSweep extends Construct {
  readonly made: OperationFunction

  constructor(scope: Construct, id: string, { tables, jobs, settings, vpc }: SessionSweepProps) {
    super(scope, id)
    this.made = new OperationFunction(this, 'Sweep', {
      settings,
      vpc,
      folder: 'sweep-sessions',
      description: 'Feature store: hourly sweep of delete sessions and restores',
      environment: { CATALOG_TABLE: tables.catalog.tableName, JOBS_URL: jobs.queue.queueUrl },
      timeout: Duration.minutes(1),
    })
    allowOn(this.made, tables.catalog, 'GetItem', 'Query', 'PutItem', 'DeleteItem')
    this.made.allow(jobs.queue.queueArn, 'sqs:SendMessage')
    new Rule(this, 'Schedule', {
      description: 'Sweeps the delete sessions',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(this.made.function)],
    })
  }
}
