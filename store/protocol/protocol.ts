import type { HttpRequest } from './http.ts'

/** Which operation a request asks for, as soon as that is known: for logs and metrics. */
export interface Call {
  operation: string
}

/** One of the two forms that the API's requests and answers have. */
export interface Protocol {
  contentType: 'application/json' | 'application/x-amz-json-1.1'
  /** Calls the operation that the request asks for, and says which in `call`; its answer as JSON text. */
  answer(request: HttpRequest, call: Call): Promise<string>
  /** How it answers an error. @default - as SageMaker's APIs do */
  refuse?(error: unknown): { status: number; body: string }
}
