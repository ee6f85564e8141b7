import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { removalPolicyOf, type Settings } from './settings.ts'

/** What the function of files calls as well. */
const SERVICES_OF_FILES = { Events: InterfaceVpcEndpointAwsService.EVENTBRIDGE }

/** What the functions call, besides DynamoDB and S3, whose endpoints cost nothing. */
const SERVICES = {
  Athena: InterfaceVpcEndpointAwsService.ATHENA,
  Firehose: InterfaceVpcEndpointAwsService.KINESIS_FIREHOSE,
  Glue: InterfaceVpcEndpointAwsService.GLUE,
  Sqs: InterfaceVpcEndpointAwsService.SQS,
}

/** A VPC without a way to the internet, in which functions reach AWS over endpoints. */
export class Network extends Construct {
  readonly vpc: Vpc

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'FlowLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    })
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Functions', subnetType: SubnetType.PRIVATE_ISOLATED }],
      flowLogs: { All: { destination: FlowLogDestination.toCloudWatchLogs(logGroup) } },
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    })
    const services = settings.ingestFiles === 'on' ? { ...SERVICES, ...SERVICES_OF_FILES } : SERVICES
    for (const [name, service] of Object.entries(services)) {
      const endpoint = this.vpc.addInterfaceEndpoint(name, { service })
      acknowledge(endpoint, 'AwsSolutions-EC23', "Open to the VPC's own addresses only, which the rule cannot read")
    }
  }
}
