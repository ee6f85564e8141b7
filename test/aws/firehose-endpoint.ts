import { type Fault, serviceError, startEndpoint } from './json-endpoint.ts'

export interface FirehoseOptions {
  fault?: () => Fault
  /** Whether a record, given as its text, is refused for now. @default - none is */
  refuses?: (text: string) => boolean
}

/** Starts a Firehose that keeps the texts of the records which it took, and holds requests to the service's limits. */
export async function startFirehose({ fault, refuses = () => false }: FirehoseOptions = {}) {
  const taken: string[] = []
  const requests: number[] = []

  function putRecordBatch(input: Record<string, unknown>, bodyBytes: number) {
    const records = input['Records'] as { Data: string }[]
    const data = records.map(({ Data }) => Buffer.from(Data, 'base64'))
    if (data.length < 1 || data.length > 500) throw invalid(`${data.length} records`)
    if (bodyBytes > 4 * 1_024 * 1_024) throw invalid(`a request of ${bodyBytes} bytes`)
    for (const { length } of data) if (length < 1 || length > 1_024_000) throw invalid(`a record of ${length} bytes`)
    requests.push(data.length)
    const RequestResponses = data.map((record, index) => {
      if (refuses(record.toString())) return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
      taken.push(record.toString())
      return { RecordId: `record-${taken.length}-${index}` }
    })
    const FailedPutCount = RequestResponses.filter((answer) => 'ErrorCode' in answer).length
    return { FailedPutCount, Encrypted: false, RequestResponses }
  }

  const endpoint = await startEndpoint({
    handle(operation, input, bodyBytes) {
      if (operation !== 'PutRecordBatch') throw serviceError(400, 'UnknownOperationException', operation)
      if (input['DeliveryStreamName'] !== 'history') throw serviceError(400, 'ResourceNotFoundException')
      return putRecordBatch(input, bodyBytes)
    },
    ...(fault && { fault }),
  })
  return {
    ...endpoint,
    /** The texts of the records taken. */
    taken,
    /** How many records each request had that was within the limits. */
    requests,
  }
}

function invalid(what: string): Error {
  return serviceError(400, 'InvalidArgumentException', `${what} is not within the limits`)
}
