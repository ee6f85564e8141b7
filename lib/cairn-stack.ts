import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms } from './alarms.ts'
import { AthenaWorkGroup } from './athena-work-group.ts'
import { BackgroundFunctions, makeJobs, makeOutbox } from './background-functions.ts'
import { ControlPlaneFunction } from './control-plane-function.ts'
import { Dashboard } from './dashboard.ts'
import { DeleteFunctions } from './delete-functions.ts'
import { HistoryStream } from './history-stream.ts'
import { HttpApi } from './http-api.ts'
import { makeIngestFiles } from './ingest-files.ts'
import { makeIngestion } from './ingestion.ts'
import { Network } from './network.ts'
import { RestoreFunctions } from './restore-functions.ts'
import { makeUnrouted, RuntimeFunctions } from './runtime-functions.ts'
import { SessionSweep } from './session-sweep.ts'
import type { Settings } from './settings.ts'
import { Tables } from './tables.ts'
import { Warehouse } from './warehouse.ts'

export interface CairnStackProps extends StackProps {
  readonly settings: Settings
}

/** A whole feature store. */
export class CairnStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: CairnStackProps) {
    super(scope, id, props)
    const vpc = settings.network === 'vpc-endpoints' ? new Network(this, 'Network', settings).vpc : undefined
    const tables = new Tables(this, 'Tables', settings)
    const warehouse = new Warehouse(this, 'Warehouse', settings)
    const history = new HistoryStream(this, 'History', { settings, warehouse })
    const [outbox, jobs] = [makeOutbox(this), makeJobs(this)]
    const workGroup = new AthenaWorkGroup(this, 'Athena', { settings, warehouse })
    const parts = { settings, vpc, tables, warehouse, history, outbox, jobs, workGroup }
    const runtime = new RuntimeFunctions(this, 'Runtime', parts).byOperation
    const controlPlane = new ControlPlaneFunction(this, 'Control', parts).made
    const deletes = new DeleteFunctions(this, 'Deletes', parts)
    const restores = new RestoreFunctions(this, 'Restores', parts)
    const sweep = new SessionSweep(this, 'Sessions', parts)
    const background = new BackgroundFunctions(this, 'Background', parts)
    const ingestion = makeIngestion(this, parts)
    const files = makeIngestFiles(this, parts)
    const unrouted = makeUnrouted(this, parts)
    const called = { runtime, deletes: deletes.byOperation, restores: restores.byOperation, controlPlane, unrouted }
    const api = new HttpApi(this, 'Http', { settings, ...called })
    const watched = {
      ...parts,
      api,
      deletes,
      restores,
      sweep,
      background,
      ingestion,
      files,
      answering: [...Object.values(runtime), controlPlane, unrouted],
    }
    new Alarms(this, 'Alarms', watched)
    new Dashboard(this, 'Dashboard', watched)
    const outputs = {
      ApiUrl: api.url,
      ApiId: api.api.apiId,
      OnlineTable: tables.online.tableName,
      CatalogTable: tables.catalog.tableName,
      WarehouseBucket: warehouse.bucket.bucketName,
      Database: warehouse.database,
      HistoryStream: history.name,
      OutboxDeadLettersArn: outbox.deadLetters.queueArn,
      JobsDeadLettersArn: jobs.deadLetters.queueArn,
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}
