import { Aws } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledgeWildcard } from './acknowledge.ts'
import { type FunctionDefaults, OperationFunction } from './operation-function.ts'
import { allowOn } from './runtime-functions.ts'
import type { Tables } from './tables.ts'
import type { Warehouse } from './warehouse.ts'
import type { WorkQueue } from './work-queue.ts'

export interface ControlPlaneFunctionProps extends FunctionDefaults {
  readonly tables: Tables
  readonly warehouse: Warehouse
  readonly jobs: WorkQueue
}

const TABLE_ACTIONS = [
  'CreateTable',
  'GetTable',
  'UpdateTable',
  'DeleteTable',
  'GetDatabase',
  'CreateTableOptimizer',
].map((name) => `glue:${name}`)

/** The function behind `POST /`: feature groups, with an Iceberg table in Glue for each that has a history. */
export class ControlPlaneFunction extends Construct {
  readonly made: OperationFunction

  constructor(scope: Construct, id: string, props: ControlPlaneFunctionProps) {
    super(scope, id)
    const { tables, warehouse, jobs, settings, vpc } = props
    const optimizer = optimizerRole(this, warehouse)
    this.made = new OperationFunction(this, 'ControlPlane', {
      settings,
      vpc,
      folder: 'control-plane',
      description: 'Feature store: control plane',
      environment: {
        CATALOG_TABLE: tables.catalog.tableName,
        JOBS_URL: jobs.queue.queueUrl,
        SHARD_COUNT: String(settings.shardCount),
        DATABASE: warehouse.database,
        WAREHOUSE: warehouse.location,
        OPTIMIZER_ROLE: optimizer.roleArn,
      },
    })
    allowOn(this.made, tables.catalog, 'GetItem', 'PutItem', 'DeleteItem', 'Query')
    this.made.allow(jobs.queue.queueArn, 'sqs:SendMessage')
    allowIcebergTables(this.made, warehouse, optimizer)
  }
}

/** Glue writes a table's first metadata to the bucket with the rights of whoever creates the table. */
function allowIcebergTables(made: OperationFunction, warehouse: Warehouse, optimizer: Role): void {
  const { bucket, files, tables } = warehouse
  const role = made.function
  role.addToRolePolicy(new PolicyStatement({ actions: TABLE_ACTIONS, resources: tables }))
  made.allow(files, 's3:GetObject', 's3:PutObject')
  made.allow(bucket.bucketArn, 's3:ListBucket')
  made.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [optimizer.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
    }),
  )
  warehouse.acknowledgeUse(made.role)
}

/** https://docs.aws.amazon.com/glue/latest/dg/optimization-prerequisites.html */
function optimizerRole(scope: Construct, warehouse: Warehouse): Role {
  const { bucket, files, tables } = warehouse
  const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources })
  const logs = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/aws-glue/iceberg-*`
  const statements = [
    allow(['glue:GetTable', 'glue:UpdateTable'], ...tables),
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], files),
    allow(['s3:ListBucket', 's3:GetBucketLocation'], bucket.bucketArn),
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], logs),
  ]
  const role = new Role(scope, 'OptimizerRole', {
    assumedBy: new ServicePrincipal('glue.amazonaws.com'),
    description: 'Compacts the Iceberg tables, and removes their old snapshots and orphan files',
    inlinePolicies: { Optimize: new PolicyDocument({ statements }) },
  })
  warehouse.acknowledgeUse(role)
  acknowledgeWildcard(role, logs, 'Glue makes these log groups itself, one for each kind of optimizer')
  return role
}
