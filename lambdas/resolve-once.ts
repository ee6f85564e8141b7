import { getSchemaSerdePlugin } from '@smithy/core/schema'
import type {
  AuthScheme,
  FinalizeRequestMiddleware,
  HttpAuthScheme,
  HttpRequest,
  MetadataBearer,
  MiddlewareStack,
  RequestSigner,
} from '@smithy/types'

type SerdeConfig = Parameters<typeof getSchemaSerdePlugin>[0]

interface Client<Input extends object, Output extends MetadataBearer> {
  config: SerdeConfig & {
    cacheMiddleware?: boolean
    httpAuthSchemes: HttpAuthScheme[]
    signer: (scheme?: AuthScheme) => Promise<RequestSigner>
    systemClockOffset: number
  }
  middlewareStack: MiddlewareStack<Input, Output>
}

const NAME = 'resolveOnce'
/** The steps of the SDK's that resolve; that of the endpoint is no step of a client's, but of each command. */
const RESOLVING_STEPS = ['getUserAgentMiddleware', 'httpAuthSchemeMiddleware', 'httpSigningMiddleware']
const USER_AGENT = 'cairn'

/**
 * Has a client of one endpoint and one role resolve once what the SDK resolves anew for each request: the endpoint, the
 * scheme of authentication, the signer and the user agent. With the copies of all settings that the SDK makes in between,
 * that is half of the processor time of a write. The first request of each command goes the SDK's whole way; the later
 * ones take what it found from the context that they share. All else is the SDK's own: how values are written and read,
 * the other headers, retries, credentials and exceptions.
 */
export function resolveOnce<Input extends object, Output extends MetadataBearer>(client: Client<Input, Output>): void {
  const { config, middlewareStack } = client
  const sign = signing<Input, Output>(config)
  config.cacheMiddleware = true
  middlewareStack.add(
    (next, context) => {
      const steps = resolvedSteps(client, sign)
      const send = steps.resolve(async ({ request }) => await config.requestHandler.handle(request), context)
      return (args) => (context.endpointV2 === undefined ? next(args) : send(args))
    },
    { name: NAME, step: 'initialize', priority: 'high' },
  )
}

/** The steps of a request for which all is resolved. */
function resolvedSteps<Input extends object, Output extends MetadataBearer>(
  { config, middlewareStack }: Client<Input, Output>,
  sign: FinalizeRequestMiddleware<Input, Output>,
): MiddlewareStack<Input, Output> {
  const steps = middlewareStack.clone()
  for (const name of [NAME, ...RESOLVING_STEPS]) {
    if (!steps.remove(name)) throw new Error(`the SDK has no ${name} to leave out`)
  }
  steps.use(getSchemaSerdePlugin(serdeConfig(config)))
  steps.addRelativeTo(sign, { name: 'sign', relation: 'after', toMiddleware: 'retryMiddleware' })
  return steps
}

/** The few of a client's settings by which values are written and read: the SDK copies them for each request. */
function serdeConfig(config: SerdeConfig): SerdeConfig {
  const { protocol, requestHandler, urlParser, streamCollector, disableHostPrefix } = config
  const { base64Decoder, base64Encoder, utf8Decoder, utf8Encoder } = config
  const encodings = { base64Decoder, base64Encoder, utf8Decoder, utf8Encoder }
  return { protocol, requestHandler, urlParser, streamCollector, disableHostPrefix, ...encodings }
}

/** The signer takes fresh credentials by itself. What a wrong clock has spoiled, the SDK's scheme corrects. */
function signing<Input extends object, Output extends MetadataBearer>(
  config: Client<Input, Output>['config'],
): FinalizeRequestMiddleware<Input, Output> {
  const [scheme] = config.httpAuthSchemes
  let signer: Promise<RequestSigner> | undefined
  return (next, context) => async (args) => {
    signer ??= config.signer(context.authSchemes?.[0])
    const request = args.request as HttpRequest
    request.headers['user-agent'] = USER_AGENT
    const signingDate = new Date(Date.now() + config.systemClockOffset)
    const signed = await (await signer).sign(request, { signingDate })
    return await next({ ...args, request: signed }).catch(scheme?.signer.errorHandler?.({ config }))
  }
}
