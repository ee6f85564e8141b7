import * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { tableName } from '../offline/table-name.ts'
import { objectOf, oneOf, optional, patternOf, stringOf } from '../requests/model.ts'
import type { Stores } from '../stores.ts'
import type { FeatureGroup } from './feature-group.ts'
import { assertNoKmsKey } from './online-store-config.ts'

const CatalogName = patternOf(1, 255, '[^\\u0000-\\u0008\\u000a-\\u001f\\ufffe\\uffff]*')
const DataCatalogConfig = objectOf({ TableName: CatalogName, Catalog: CatalogName, Database: CatalogName })

const MAX_URI_CHARS = 1_024

export const OfflineStoreConfig = objectOf({
  S3StorageConfig: objectOf({
    S3Uri: stringOf(0, MAX_URI_CHARS),
    KmsKeyId: optional(stringOf(0, 2_048)),
    // Describe answers it, and a request copied from an answer may carry it: the resolved one is always our own.
    ResolvedOutputS3Uri: optional(stringOf(0, MAX_URI_CHARS)),
  }),
  DisableGlueTableCreation: optional(v.boolean()),
  DataCatalogConfig: optional(DataCatalogConfig),
  TableFormat: optional(oneOf(['Default', 'Glue', 'Iceberg'])),
})

type Input = v.InferOutput<typeof OfflineStoreConfig>
type Resolved = NonNullable<FeatureGroup['OfflineStoreConfig']>

interface Creation extends Pick<Stores, 'account' | 'region'> {
  name: string
  creationTime: number
}

/**
 * The offline store of a new group, with the table and the place that Describe answers (`api.md` sections 4.1, 4.2).
 * Throws ValidationException.
 */
export function resolveOfflineStore(config: Input, creation: Creation): Resolved {
  const { S3StorageConfig: storage, TableFormat } = config
  const DisableGlueTableCreation = config.DisableGlueTableCreation ?? false
  assertS3Uri(storage.S3Uri)
  assertNoKmsKey('OfflineStoreConfig.S3StorageConfig.KmsKeyId', storage.KmsKeyId)
  if (TableFormat === 'Iceberg' && DisableGlueTableCreation) {
    throw validationException('TableFormat Iceberg is only supported when DisableGlueTableCreation is false.')
  }
  const table = resolveTable(config, creation)
  return {
    S3StorageConfig: { S3Uri: storage.S3Uri, ResolvedOutputS3Uri: resolvedUri(storage.S3Uri, creation) },
    DisableGlueTableCreation,
    ...(table !== undefined && { DataCatalogConfig: table }),
    ...(TableFormat != null && { TableFormat }),
  }
}

const S3_URI = /^(https|s3):\/\/([^/]+)\/?(.*)$/

function assertS3Uri(uri: string): void {
  if (S3_URI.test(uri)) return
  throw validationException(`Invalid S3Uri provided: ${quote(uri)}. It must look like 's3://bucket/prefix'.`)
}

function resolvedUri(uri: string, { account, region, name, creationTime }: Creation): string {
  const place = `${uri.replace(/\/+$/, '')}/${account}/sagemaker/${region}/offline-store`
  return `${place}/${name}-${Math.floor(creationTime / 1000)}/data`
}

const CATALOG = 'AwsDataCatalog'
/** The database that SageMaker has the tables of all groups in. */
export const SAGEMAKER_DATABASE = 'sagemaker_featurestore'
const CREATED_NAME = /^[a-z0-9_]+$/

/** The table that the group's history has in the catalog; undefined when it shall have none. */
function resolveTable(config: Input, { name, creationTime }: Creation): Resolved['DataCatalogConfig'] {
  const { DataCatalogConfig: asked, DisableGlueTableCreation: isDisabled } = config
  if (asked == null) {
    if (isDisabled === true) return undefined
    return { TableName: tableName(name, creationTime), Catalog: CATALOG, Database: SAGEMAKER_DATABASE }
  }
  if (asked.Catalog !== CATALOG) {
    throw validationException(`DataCatalogConfig has the Catalog ${quote(asked.Catalog)}. It must be ${CATALOG}.`)
  }
  if (isDisabled !== true) {
    assertCreatedName('TableName', asked.TableName)
    assertCreatedName('Database', asked.Database)
  }
  return asked
}

function assertCreatedName(member: string, name: string): void {
  if (CREATED_NAME.test(name)) return
  throw validationException(
    `DataCatalogConfig has the ${member} ${quote(name)}. It must have lower-case letters, digits and underscores only.`,
  )
}
