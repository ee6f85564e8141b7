import { Aws, Duration } from 'aws-cdk-lib'
import { CfnDatabase } from 'aws-cdk-lib/aws-glue'
import type { Role } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

/** Rows that Firehose could not deliver. No table in the bucket may expire: one without its metadata is lost. */
export const ERROR_PREFIX = 'errors/'
/** What queries of our own have answered: counts and the ids of snapshots. */
export const QUERIES_PREFIX = 'queries/'
/** What restores have read of the history, as long as they need it: records, which no restore may leave behind for long. */
const EXTRACTS_PREFIX = 'extracts/'
/** Iceberg tables, a folder for each. */
const TABLES_PREFIX = 'warehouse'

/** Where the history lives: a bucket, and the Glue database that has its Iceberg tables. */
export class Warehouse extends Construct {
  readonly bucket: Bucket
  readonly database: string

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id)
    this.database = `${settings.namePrefix.replaceAll('-', '_').toLowerCase()}_offline`
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: removalPolicyOf(settings),
      lifecycleRules: [
        { prefix: ERROR_PREFIX, expiration: Duration.days(90) },
        { prefix: QUERIES_PREFIX, expiration: Duration.days(7) },
        { prefix: EXTRACTS_PREFIX, expiration: Duration.days(7) },
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
    })
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'Only Firehose, Glue and the readers that the team itself allows have access; CloudTrail data events tell who read',
    )
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: this.database,
        description: 'History of the feature groups',
        locationUri: this.location,
        // Lake Formation's default, said here so that tables made at run time have it as well.
        createTableDefaultPermissions: [
          { permissions: ['ALL'], principal: { dataLakePrincipalIdentifier: 'IAM_ALLOWED_PRINCIPALS' } },
        ],
      },
    })
    // The tables, which go with their database, are what leads to the files in the bucket.
    database.applyRemovalPolicy(removalPolicyOf(settings))
  }

  /** The place of the Iceberg tables, without a slash at the end. */
  get location(): string {
    return this.bucket.s3UrlForObject(TABLES_PREFIX)
  }

  /** The place of what restores have read, with a slash at the end. */
  get extractsLocation(): string {
    return this.bucket.s3UrlForObject(EXTRACTS_PREFIX)
  }

  /** The ARN of all files that restores have read. */
  get extracts(): string {
    return this.bucket.arnForObjects(`${EXTRACTS_PREFIX}*`)
  }

  /** The ARN of all files of the Iceberg tables. */
  get files(): string {
    return this.bucket.arnForObjects(`${TABLES_PREFIX}/*`)
  }

  get catalogArn(): string {
    return glueArn('catalog')
  }

  /** The ARN of Glue's database `default`, which is none of ours. */
  get defaultDatabase(): string {
    return glueArn('database/default')
  }

  /** The ARNs that Glue checks for what is done with the tables of the database. */
  get tables(): string[] {
    return [this.catalogArn, glueArn(`database/${this.database}`), this.anyTable]
  }

  /** Accepts that a role may use every file and every table: they are made while the store is in use. */
  acknowledgeUse(role: Role): void {
    const reason = 'The tables of feature groups, with their files, are made while the store is in use'
    for (const arn of [this.anyTable, this.files]) acknowledgeWildcard(role, arn, reason)
  }

  private get anyTable(): string {
    return glueArn(`table/${this.database}/*`)
  }
}

/** The ARN of something in this account's and region's Glue catalog. */
function glueArn(resource: string): string {
  return `arn:${Aws.PARTITION}:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`
}
