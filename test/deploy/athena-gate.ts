import type { GlueTable } from '../aws/glue-endpoint.ts'
import { startUnloadingAthena } from '../aws/unloading-athena.ts'
import { deliveredRows, type Warehouse } from './delivered-rows.ts'

/**
 * Starts what stands in the place of the emulator's Athena, which has no UNLOAD: it unloads the rows that Firehose has
 * delivered, typed as the tables of Glue are, into the emulator's S3.
 */
export async function startAthenaGate({ tables }: { tables: Map<string, GlueTable> }) {
  let warehouse: Warehouse | undefined

  async function rowsOf(table: string) {
    if (warehouse === undefined) throw new Error('there is no bucket yet')
    return (await deliveredRows(warehouse)).filter(({ _table }) => _table === table)
  }

  async function put({ bucket, key }: { bucket: string; key: string }, bytes: Buffer): Promise<void> {
    if (bucket !== warehouse?.bucket) throw new Error(`an UNLOAD to the bucket ${bucket}`)
    const { ok, status } = await fetch(`${warehouse.emulator}/${bucket}/${key}`, {
      method: 'PUT',
      body: new Uint8Array(bytes),
    })
    if (!ok) throw new Error(`S3 answered ${status} to a file`)
  }

  const athena = await startUnloadingAthena({ columnsOf: (name) => columnsOf(tables.get(name)), rowsOf, put })
  return {
    ...athena,
    /** Says where the rows are. */
    leadTo(place: Warehouse): void {
      warehouse = place
    },
  }
}

function columnsOf(table: GlueTable | undefined): { [column: string]: string } {
  const schema = table?.schemas.find(({ SchemaId }) => SchemaId === table.currentSchemaId)
  if (schema === undefined) throw new Error('Glue has no such table')
  return Object.fromEntries(
    schema.Fields.map(({ Name, Type }) => [Name, typeof Type === 'string' ? Type : `list<${Type.element}>`]),
  )
}
