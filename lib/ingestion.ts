import { CfnOutput } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { IngestBus } from './ingest-bus.ts'
import { type IngestionProps, IngestQueue } from './ingest-queue.ts'
import { IngestStream } from './ingest-stream.ts'
import type { Settings } from './settings.ts'

/** The sources of events: a queue, and what else the settings turn on, all with one dead-letter queue. */
export class Ingestion extends Construct {
  readonly queue: IngestQueue
  /** @default - there is no bus */
  readonly bus?: IngestBus
  /** @default - there is no stream */
  readonly stream?: IngestStream

  constructor(scope: Construct, id: string, props: IngestionProps) {
    super(scope, id)
    this.queue = new IngestQueue(this, 'Queue', props)
    const { work } = this.queue
    const { ingestPattern: pattern, ingestStream } = props.settings
    if (pattern !== undefined) this.bus = new IngestBus(this, 'Bus', { settings: props.settings, pattern, work })
    if (ingestStream === 'on') this.stream = new IngestStream(this, 'Stream', { ...props, deadLetters: work })
    const outputs = {
      IngestQueueUrl: work.queue.queueUrl,
      IngestDeadLettersUrl: work.deadLetters.queueUrl,
      ...(this.bus && { IngestBus: this.bus.bus.eventBusName }),
      ...(this.stream && { IngestStream: this.stream.stream.streamName }),
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, name, { value })
  }
}

/** The sources that the settings turn on; undefined when there is none. */
export function makeIngestion(scope: Construct, props: IngestionProps): Ingestion | undefined {
  return hasSource(props.settings) ? new Ingestion(scope, 'Ingestion', props) : undefined
}

function hasSource({ ingestQueue, ingestPattern, ingestStream }: Settings): boolean {
  return ingestQueue === 'on' || ingestPattern !== undefined || ingestStream === 'on'
}
