import { type CdkOptions, cdk } from './cdk.ts'
import { dropUnsupported } from './drop-unsupported.ts'

/** The events of the bus that are for the store. */
export const DETAIL_TYPE = 'Feature event'

/**
 * The settings of the deployment. Of each function the emulator runs one invocation at a time: with the default, a
 * deletion would hold up the whole control plane for five seconds.
 */
const SETTINGS = [
  'offlineDestination=s3',
  'removalPolicy=destroy',
  'groupMaxAgeSeconds=1',
  `ingestPattern=${JSON.stringify({ 'detail-type': [DETAIL_TYPE] })}`,
  'ingestStream=on',
  'ingestFiles=on',
]

/** Synthesizes the app to a folder, as `cdk deploy` would, but for what the emulator refuses. */
export async function synthesizeAssembly(options: CdkOptions, folder: string): Promise<void> {
  const settings = SETTINGS.flatMap((setting) => ['-c', `cairn:${setting}`])
  await cdk(options, 'synth', '--quiet', '--output', folder, ...settings)
  dropUnsupported(folder)
}
