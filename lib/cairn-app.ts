import { App, type AppProps, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { CairnStack } from './cairn-stack.ts'
import { readSettings } from './settings.ts'

/** The CDK app: one stack, made from the settings in the context and judged by cdk-nag's AwsSolutions rules. */
export function cairnApp(props?: AppProps): App {
  const app = new App({ analyticsReporting: false, ...props })
  const settings = readSettings(app.node)
  new CairnStack(app, 'Cairn', {
    settings,
    stackName: settings.namePrefix,
    description: 'Cairn, a feature store compatible with Amazon SageMaker Feature Store',
  })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
