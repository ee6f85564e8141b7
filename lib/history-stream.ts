import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnDeliveryStream, type CfnDeliveryStreamProps } from 'aws-cdk-lib/aws-kinesisfirehose'
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { ROUTING_COLUMN } from '../store/offline/columns.ts'
import { acknowledgeWildcard } from './acknowledge.ts'
import { removalPolicyOf, type Settings } from './settings.ts'
import { ERROR_PREFIX, type Warehouse } from './warehouse.ts'

export interface HistoryStreamProps {
  readonly settings: Settings
  readonly warehouse: Warehouse
}

const ROWS_PREFIX = 'rows/'
const ERROR_OUTPUT = `${ERROR_PREFIX}!{firehose:error-output-type}/`

const FILE_ACTIONS = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject', 's3:DeleteObject']

/** For how long Firehose tries to commit rows, against other writers of the table too, before it gives them up. */
export const RETRY_SECONDS = 600

/**
 * The Firehose stream that takes every row of history to the Iceberg table that the row names, in one Glue database.
 * Tables made later need no change to it. Rows that it cannot deliver go to the error prefix of the bucket.
 */
export class HistoryStream extends Construct {
  readonly arn: string
  readonly name: string

  constructor(scope: Construct, id: string, { settings, warehouse }: HistoryStreamProps) {
    super(scope, id)
    const logs = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    })
    const logStream = new LogStream(this, 'Errors', { logGroup: logs, removalPolicy: removalPolicyOf(settings) })
    const delivery: Delivery = {
      settings,
      warehouse,
      roleArn: deliveryRole(this, warehouse, logs).roleArn,
      cloudWatchLoggingOptions: {
        enabled: true,
        logGroupName: logs.logGroupName,
        logStreamName: logStream.logStreamName,
      },
    }
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      ...(settings.offlineDestination === 'iceberg' ? icebergDestination(delivery) : s3Destination(delivery)),
    })
    this.arn = stream.attrArn
    this.name = stream.ref
  }
}

interface Delivery extends HistoryStreamProps {
  readonly roleArn: string
  readonly cloudWatchLoggingOptions: CfnDeliveryStream.CloudWatchLoggingOptionsProperty
}

function icebergDestination(delivery: Delivery): Pick<CfnDeliveryStreamProps, 'icebergDestinationConfiguration'> {
  const { settings, warehouse, roleArn, cloudWatchLoggingOptions } = delivery
  const bucketArn = warehouse.bucket.bucketArn
  return {
    icebergDestinationConfiguration: {
      roleArn,
      cloudWatchLoggingOptions,
      // Cannot be changed later: https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-stream.html
      appendOnly: true,
      catalogConfiguration: { catalogArn: warehouse.catalogArn },
      bufferingHints: bufferingOf(settings),
      retryOptions: { durationInSeconds: RETRY_SECONDS },
      s3BackupMode: 'FailedDataOnly',
      processingConfiguration: routing(warehouse.database),
      s3Configuration: { bucketArn, roleArn, cloudWatchLoggingOptions, errorOutputPrefix: ERROR_OUTPUT },
    },
  }
}

function s3Destination(delivery: Delivery): Pick<CfnDeliveryStreamProps, 'extendedS3DestinationConfiguration'> {
  const { settings, warehouse, roleArn, cloudWatchLoggingOptions } = delivery
  return {
    extendedS3DestinationConfiguration: {
      bucketArn: warehouse.bucket.bucketArn,
      roleArn,
      cloudWatchLoggingOptions,
      bufferingHints: bufferingOf(settings),
      prefix: ROWS_PREFIX,
      errorOutputPrefix: ERROR_OUTPUT,
    },
  }
}

function bufferingOf({ bufferingSeconds, bufferingMegabytes }: Settings) {
  return { intervalInSeconds: bufferingSeconds, sizeInMBs: bufferingMegabytes }
}

/** Each row names its table. The names of the keys: https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-format-input-record-different.html */
function routing(database: string): CfnDeliveryStream.ProcessingConfigurationProperty {
  const query = `{destinationDatabaseName:"${database}",destinationTableName:.${ROUTING_COLUMN},operation:"insert"}`
  const parameters = [
    { parameterName: 'MetadataExtractionQuery', parameterValue: query },
    { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
  ]
  return { enabled: true, processors: [{ type: 'MetadataExtraction', parameters }] }
}

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-iceberg */
function deliveryRole(scope: Construct, warehouse: Warehouse, logs: LogGroup): Role {
  const { bucket, files, tables } = warehouse
  const undelivered = bucket.arnForObjects(`${ERROR_PREFIX}*`)
  const plainRows = bucket.arnForObjects(`${ROWS_PREFIX}*`)
  const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources })
  const statements = [
    allow(['glue:GetTable', 'glue:GetDatabase', 'glue:UpdateTable'], ...tables),
    allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucket.bucketArn),
    allow(FILE_ACTIONS, files, undelivered, plainRows),
    allow(['logs:PutLogEvents'], logs.logGroupArn),
  ]
  // Inline, so that the stream never exists before its rights.
  const inlinePolicies = { Delivery: new PolicyDocument({ statements }) }
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com'), inlinePolicies })
  warehouse.acknowledgeUse(role)
  for (const arn of [undelivered, plainRows]) acknowledgeWildcard(role, arn, 'Firehose names the files that it writes')
  return role
}
