import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi as Api, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { gatewayPaths } from '../store/protocol/gateway-path.ts'
import { RESTORE_ROUTES, type RestoreOperation } from '../store/protocol/restore-routes.ts'
import { ROUTES, type RuntimeOperation } from '../store/protocol/routes.ts'
import { ACCESS_LOG } from './access-log.ts'
import { type DeleteOperation, ROUTES_TO_DELETE } from './delete-functions.ts'
import type { OperationFunction } from './operation-function.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

export interface HttpApiProps {
  readonly settings: Settings
  readonly runtime: { readonly [operation in RuntimeOperation]: OperationFunction }
  readonly deletes: { readonly [operation in DeleteOperation]: OperationFunction }
  readonly restores: { readonly [operation in RestoreOperation]: OperationFunction }
  readonly controlPlane: OperationFunction
  /** Answers what no route takes. */
  readonly unrouted: OperationFunction
}

/** The address of the store: an HTTP API that lets in nobody whom IAM does not, with a function behind each route. */
export class HttpApi extends Construct {
  readonly api: Api
  readonly stage: HttpStage

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id)
    const { settings, runtime, deletes, restores, controlPlane, unrouted } = props
    this.api = new Api(this, 'Api', {
      apiName: settings.namePrefix,
      description: 'Feature store: runtime and control plane',
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
      defaultIntegration: new HttpLambdaIntegration('Unrouted', unrouted.function),
    })
    const functions = { ...runtime, ...deletes, ...restores }
    const routes = { ...ROUTES, ...ROUTES_TO_DELETE, ...RESTORE_ROUTES }
    for (const [operation, { method, path }] of Object.entries(routes)) {
      const made = functions[operation as keyof typeof functions]
      const integration = new HttpLambdaIntegration(operation, made.function)
      for (const form of gatewayPaths(path)) {
        this.api.addRoutes({ path: form, methods: [HttpMethod[method]], integration })
      }
    }
    const integration = new HttpLambdaIntegration('ControlPlane', controlPlane.function)
    this.api.addRoutes({ path: '/', methods: [HttpMethod.POST], integration })
    this.stage = this.makeStage(settings)
  }

  private makeStage(settings: Settings): HttpStage {
    const logs = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    })
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.requestsPerSecond, burstLimit: settings.requestBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    })
  }

  /** Where clients are to send their requests, without a slash at the end. */
  get url(): string {
    return this.api.apiEndpoint
  }
}
