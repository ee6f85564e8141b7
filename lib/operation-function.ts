import { Aws, DockerImage, Duration } from 'aws-cdk-lib'
import type { IVpc } from 'aws-cdk-lib/aws-ec2'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { AssetHashType } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { Variable } from '../store/environment.ts'
import { acknowledge } from './acknowledge.ts'
import { bundleHandler, handlerFolder } from './bundle.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

export interface FunctionDefaults {
  readonly settings: Settings
  /** Where the functions run. @default - outside any VPC of ours */
  readonly vpc?: IVpc | undefined
}

export interface OperationFunctionProps extends FunctionDefaults {
  /** The folder in `lambdas`. */
  readonly folder: string
  readonly description: string
  readonly environment: { readonly [name in Variable]?: string }
  /** @default - 29 seconds: a second less than API Gateway waits */
  readonly timeout?: Duration
  /** In megabytes. The processor comes with it: less makes cold starts and large batches slow. @default - 1,024 */
  readonly memorySize?: number
}

/** One of the functions of the store: the only way in which they are made. It may do nothing until it is granted. */
export class OperationFunction extends Construct {
  readonly function: LambdaFunction
  readonly role: Role
  readonly timeout: Duration

  constructor(scope: Construct, id: string, props: OperationFunctionProps) {
    super(scope, id)
    const { settings, folder, description, environment, vpc } = props
    this.timeout = props.timeout ?? Duration.seconds(29)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    })
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), description })
    const { role } = this
    logGroup.grantWrite(role)
    if (vpc !== undefined) allowNetworkInterfaces(role)
    this.function = new LambdaFunction(this, 'Function', {
      description,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Nothing of invocations that end well: metrics and traces tell how long they took.
      systemLogLevelV2: SystemLogLevel.WARN,
      // Lines of metrics name no level, which stands for this one.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: codeOf(folder),
      memorySize: props.memorySize ?? 1_024,
      timeout: this.timeout,
      tracing: Tracing.ACTIVE,
      ...(vpc !== undefined && { vpc }),
      environment: {
        ACCOUNT: Aws.ACCOUNT_ID,
        GROUP_MAX_AGE_SECONDS: String(settings.groupMaxAgeSeconds),
        POWERTOOLS_SERVICE_NAME: settings.namePrefix,
        POWERTOOLS_METRICS_NAMESPACE: 'Cairn',
        ...environment,
      },
    })
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray and network interfaces have no resources to name')
  }

  /** Lets the function call these actions on that resource, and nothing more. */
  allow(resourceArn: string, ...actions: string[]): void {
    this.function.addToRolePolicy(new PolicyStatement({ actions, resources: [resourceArn] }))
  }
}

function codeOf(folder: string): Code {
  return Code.fromAsset(handlerFolder(folder), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: the handlers are bundled on this machine.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(directory) {
          bundleHandler(folder, directory)
          return true
        },
      },
    },
  })
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
function allowNetworkInterfaces(role: Role): void {
  const actions = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets', 'DeleteNetworkInterface']
  role.addToPolicy(new PolicyStatement({ actions: actions.map((action) => `ec2:${action}`), resources: ['*'] }))
}
