import type {
  CreateTableCommandInput,
  CreateTableOptimizerCommandInput,
  IcebergSchema,
  TableOptimizerConfiguration,
  TableOptimizerType,
  UpdateTableCommandInput,
} from '@aws-sdk/client-glue'
import { validationException } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { SAGEMAKER_DATABASE } from '../groups/offline-store-config.ts'
import { icebergSchema, PARTITION_FIELD } from '../offline/iceberg/schema.ts'

/** Where the tables of a deployment are. */
export interface Warehouse {
  /** The Glue database. */
  database: string
  /** The `s3://` place of the tables, without a slash at the end. */
  location: string
}

/** A table in Glue, and the place of its files. */
export interface Placed {
  DatabaseName: string
  Name: string
  location: string
}

/**
 * The group with its table in the warehouse: whatever the S3Uri it was asked with, and under the name it was asked with.
 * Throws ValidationException for a table in another database, and for a history that shall have no table.
 */
export function placeGroup(group: FeatureGroup, warehouse: Warehouse): FeatureGroup {
  const { OfflineStoreConfig: config } = group
  const asked = config?.DataCatalogConfig
  if (config === undefined || asked === undefined || config.DisableGlueTableCreation) {
    throw validationException(
      'DisableGlueTableCreation true is not supported. The offline store is a table in the Glue catalog: leave it out.',
    )
  }
  if (asked.Database !== warehouse.database && asked.Database !== SAGEMAKER_DATABASE) {
    throw validationException(
      `DataCatalogConfig has the Database '${asked.Database}'. It must be ${warehouse.database}, or left out.`,
    )
  }
  const ResolvedOutputS3Uri = `${warehouse.location}/${asked.TableName}/${group.groupId}`
  return {
    ...group,
    OfflineStoreConfig: {
      ...config,
      S3StorageConfig: { ...config.S3StorageConfig, ResolvedOutputS3Uri },
      DataCatalogConfig: { ...asked, Database: warehouse.database },
    },
  }
}

/** The table of a group that `placeGroup` has placed. */
export function placedTable({ FeatureGroupName, OfflineStoreConfig }: FeatureGroup): Placed {
  const table = OfflineStoreConfig?.DataCatalogConfig
  if (table === undefined) throw new Error(`feature group ${FeatureGroupName} has no table`)
  const location = OfflineStoreConfig?.S3StorageConfig.ResolvedOutputS3Uri ?? ''
  return { DatabaseName: table.Database, Name: table.TableName, location }
}

/** The group whose table has its files at that place; undefined for a place that `placeGroup` did not choose. */
export function groupIdAt(location: string | undefined, warehouse: Warehouse): string | undefined {
  if (!location?.startsWith(`${warehouse.location}/`)) return undefined
  return location.slice(warehouse.location.length + 1).split('/')[1]
}

function partitionField() {
  const { name: Name, transform: Transform } = PARTITION_FIELD
  return { Name, Transform, SourceId: PARTITION_FIELD['source-id'], FieldId: PARTITION_FIELD['field-id'] }
}

/** An Iceberg table of format version 2, which is the one that Firehose writes, with a partition for each day. */
export function createTableParams(group: FeatureGroup): CreateTableCommandInput {
  const { DatabaseName, Name, location } = placedTable(group)
  const CreateIcebergTableInput = {
    Location: location,
    Schema: glueSchema(group, 0),
    PartitionSpec: { SpecId: 0, Fields: [partitionField()] },
    Properties: {
      'write.parquet.compression-codec': 'zstd',
      'write.metadata.delete-after-commit.enabled': 'true',
      'write.metadata.previous-versions-max': '100',
      'cairn.feature-group': group.FeatureGroupName,
      'cairn.group-id': group.groupId,
    },
  }
  const IcebergInput = { MetadataOperation: 'CREATE' as const, Version: '2', CreateIcebergTableInput }
  return { DatabaseName, Name, OpenTableFormatInput: { IcebergInput } }
}

/** Makes the schema of all features of the group the current one: Glue takes it whole, with every change. */
export function updateTableParams(group: FeatureGroup): UpdateTableCommandInput {
  const { DatabaseName, Name, location: Location } = placedTable(group)
  const Schema = glueSchema(group, group.additions.length)
  const Updates = (['add-schema', 'set-current-schema'] as const).map((Action) => ({ Action, Schema, Location }))
  const UpdateOpenTableFormatInput = { UpdateIcebergInput: { UpdateIcebergTableInput: { Updates } } }
  return { DatabaseName, Name, SkipArchive: true, UpdateOpenTableFormatInput }
}

/** The names of the columns that the table of the group has. */
export function columnNames(group: FeatureGroup): string[] {
  return icebergSchema(group, 0).fields.map(({ name }) => name)
}

/** Glue's own defaults, said so that they stay what they are. */
const OPTIMIZERS: Record<TableOptimizerType, TableOptimizerConfiguration> = {
  compaction: { compactionConfiguration: { icebergConfiguration: { strategy: 'binpack', minInputFiles: 100 } } },
  retention: {
    retentionConfiguration: {
      icebergConfiguration: {
        snapshotRetentionPeriodInDays: 5,
        numberOfSnapshotsToRetain: 1,
        cleanExpiredFiles: true,
        runRateInHours: 24,
      },
    },
  },
  orphan_file_deletion: {
    orphanFileDeletionConfiguration: {
      icebergConfiguration: { orphanFileRetentionPeriodInDays: 3, runRateInHours: 24 },
    },
  },
}

/** What keeps a table fast and small: one request for each kind of optimizer. */
export function createOptimizerParams(
  { DatabaseName, Name }: Placed,
  { CatalogId, roleArn }: { CatalogId: string; roleArn: string },
): CreateTableOptimizerCommandInput[] {
  return Object.entries(OPTIMIZERS).map(([type, configuration]) => ({
    CatalogId,
    DatabaseName,
    TableName: Name,
    Type: type as TableOptimizerType,
    TableOptimizerConfiguration: { roleArn, enabled: true, ...configuration },
  }))
}

function glueSchema(group: FeatureGroup, SchemaId: number): IcebergSchema {
  const Fields = icebergSchema(group, SchemaId).fields.map(({ id, name, type, required }) => ({
    Id: id,
    Name: name,
    Type: typeof type === 'string' ? type : { ...type },
    Required: required,
  }))
  return { SchemaId, Type: 'struct', Fields }
}
