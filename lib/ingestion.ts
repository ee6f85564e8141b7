import { CfnOutput } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { type IngestionProps, IngestQueue } from './ingest-queue.ts'

/** The sources of events: a queue, and what else the settings turn on, all with one dead-letter queue. */
export class Ingestion extends Construct {
  readonly queue: IngestQueue

  constructor(scope: Construct, id: string, props: IngestionProps) {
    super(scope, id)
    this.queue = new IngestQueue(this, 'Queue', props)
    const { queue, deadLetters } = this.queue.work
    const outputs = { IngestQueueUrl: queue.queueUrl, IngestDeadLettersUrl: deadLetters.queueUrl }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, name, { value })
  }
}

/** The sources that the settings turn on; undefined when there is none. */
export function makeIngestion(scope: Construct, props: IngestionProps): Ingestion | undefined {
  return props.settings.ingestQueue === 'on' ? new Ingestion(scope, 'Ingestion', props) : undefined
}
