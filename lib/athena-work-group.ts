import { Aws } from 'aws-cdk-lib'
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledgeWildcard } from './acknowledge.ts'
import type { OperationFunction } from './operation-function.ts'
import type { Settings } from './settings.ts'
import { QUERIES_PREFIX, type Warehouse } from './warehouse.ts'

export interface AthenaWorkGroupProps {
  readonly settings: Settings
  readonly warehouse: Warehouse
}

const QUERY_ACTIONS = ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults'].map((name) => `athena:${name}`)
const UPLOAD_ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts']
const BUCKET_ACTIONS = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads']

/** Where Athena erases and extracts rows: a work group that says, whatever a query asks for, where results go, and encrypts them. */
export class AthenaWorkGroup extends Construct {
  readonly name: string
  private readonly warehouse: Warehouse

  constructor(scope: Construct, id: string, { settings, warehouse }: AthenaWorkGroupProps) {
    super(scope, id)
    this.warehouse = warehouse
    const group = new CfnWorkGroup(this, 'WorkGroup', {
      name: `${settings.namePrefix}-erasures`,
      description: 'Erases rows from the history of feature groups, and extracts them for restores',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: warehouse.bucket.s3UrlForObject(QUERIES_PREFIX),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    })
    this.name = group.ref
  }

  /**
   * Lets a function change rows of every table. Athena reads and writes tables and results with the rights of whoever
   * asks it: https://docs.aws.amazon.com/athena/latest/ug/managed-policies.html#amazonathenafullaccess-managed-policy
   */
  allowErasing(made: OperationFunction): void {
    const { bucket, files, tables, defaultDatabase } = this.warehouse
    const results = bucket.arnForObjects(`${QUERIES_PREFIX}*`)
    const workGroup = `arn:${Aws.PARTITION}:athena:${Aws.REGION}:${Aws.ACCOUNT_ID}:workgroup/${this.name}`
    made.allow(workGroup, ...QUERY_ACTIONS)
    made.allow(files, ...UPLOAD_ACTIONS, 's3:DeleteObject')
    made.allow(results, ...UPLOAD_ACTIONS)
    made.allow(bucket.bucketArn, ...BUCKET_ACTIONS)
    const actions = ['glue:GetDatabase', 'glue:GetTable', 'glue:UpdateTable']
    made.function.addToRolePolicy(new PolicyStatement({ actions, resources: tables }))
    // Athena looks it up whatever database a query is about:
    // https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html#full-access-to-default-db-per-region
    made.allow(defaultDatabase, 'glue:GetDatabase')
    this.warehouse.acknowledgeUse(made.role)
    acknowledgeWildcard(made.role, results, 'Athena names the files of results')
  }

  /**
   * Lets a function that may erase extract rows as well, and read and remove what was extracted: UNLOAD writes with the
   * rights of whoever asks for it. https://docs.aws.amazon.com/athena/latest/ug/unload.html
   */
  allowExtracting(made: OperationFunction): void {
    const { extracts } = this.warehouse
    made.allow(extracts, ...UPLOAD_ACTIONS, 's3:DeleteObject')
    acknowledgeWildcard(made.role, extracts, 'Athena names the files of extracts')
  }
}
