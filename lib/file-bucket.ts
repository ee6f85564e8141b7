import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { INGEST_PREFIX, resultKey, WORK_PREFIX } from '../store/imports/object-names.ts'
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts'
import type { OperationFunction } from './operation-function.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

/** Longer than the message of a file can wait to be redriven, and be tried again. */
const KEPT = Duration.days(30)

/** The bucket that files are put into; EventBridge hears of them. A file that is replaced stays as long as it is read. */
export class FileBucket extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id)
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      versioned: true,
      removalPolicy: removalPolicyOf(settings),
      lifecycleRules: [
        { prefix: INGEST_PREFIX, noncurrentVersionExpiration: KEPT },
        { prefix: WORK_PREFIX, expiration: KEPT, noncurrentVersionExpiration: Duration.days(1) },
        { expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
    })
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'Only the function that reads the files and those that the team itself allows have access; CloudTrail data events tell who read',
    )
    const { defaultChild } = this.bucket.node
    // By CDK's own property, a function with rights on every bucket would come along.
    if (CfnBucket.isCfnBucket(defaultChild)) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    }
  }

  /** Lets a function read the files, write its results beside them, and keep what it needs in between. */
  allowIngesting(made: OperationFunction): void {
    const files = this.bucket.arnForObjects(`${INGEST_PREFIX}*`)
    const results = this.bucket.arnForObjects(resultKey(`${INGEST_PREFIX}*`))
    const work = this.bucket.arnForObjects(`${WORK_PREFIX}*`)
    made.allow(files, 's3:GetObject', 's3:GetObjectVersion')
    made.allow(results, 's3:PutObject', 's3:AbortMultipartUpload')
    made.allow(work, 's3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject')
    made.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${WORK_PREFIX}*` } },
      }),
    )
    for (const arn of [files, results, work]) {
      acknowledgeWildcard(made.role, arn, 'Teams name their files, and imports have names of their own')
    }
  }
}
