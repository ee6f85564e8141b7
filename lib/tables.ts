import {
  AttributeType,
  Billing,
  StreamViewType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { CATALOG_KEYS } from '../store/catalog/keys.ts'
import { ONLINE_KEYS } from '../store/online/keys.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

/** The two tables of a deployment: feature groups, and the latest version of each record of all of them. */
export class Tables extends Construct {
  readonly catalog: TableV2
  readonly online: TableV2

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id)
    const protection: Partial<TablePropsV2> = {
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.removalPolicy === 'retain',
      removalPolicy: removalPolicyOf(settings),
    }
    this.catalog = new TableV2(this, 'Catalog', {
      ...protection,
      partitionKey: { name: CATALOG_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: CATALOG_KEYS.sort, type: AttributeType.STRING },
    })
    this.online = new TableV2(this, 'Online', {
      ...protection,
      partitionKey: { name: ONLINE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: ONLINE_KEYS.sort, type: AttributeType.STRING },
      timeToLiveAttribute: ONLINE_KEYS.timeToLive,
      dynamoStream: StreamViewType.OLD_IMAGE,
    })
  }
}
