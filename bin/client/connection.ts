import { type Command, InvalidArgumentError, Option } from 'commander'

const DEFAULT_ENDPOINT = 'http://127.0.0.1:8480'

/** Where a command finds the server, and how it is let in. */
export interface Connection {
  endpoint: string
  region: string
  /** What a Cairn server asks for that listens on another address than loopback. */
  accessToken?: string
}

/** Gives a command the options that make a `Connection`. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(endpointOption('address of the server').env('CAIRN_ENDPOINT').default(DEFAULT_ENDPOINT))
    .addOption(regionOption())
    .addOption(accessTokenOption())
}

/** The option for the address of a server. */
export function endpointOption(description: string): Option {
  return new Option('--endpoint <url>', description).argParser(parseEndpoint)
}

/** The option for the token that a server on another machine asks for. */
export function accessTokenOption(): Option {
  const description = 'token of a cairn server that is not on this machine'
  return new Option('--access-token <token>', description).env('CAIRN_ACCESS_TOKEN')
}

/** The option for the AWS region, which `CAIRN_REGION` or else `AWS_REGION` sets. */
export function regionOption(): Option {
  const region = process.env['CAIRN_REGION'] || process.env['AWS_REGION'] || 'us-east-1'
  return new Option('--region <region>', 'AWS region (env: CAIRN_REGION, AWS_REGION)')
    .default(region)
    .argParser(parseRegion)
}

/** Reads the address of a server. */
export function parseEndpoint(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text
  throw new InvalidArgumentError(`It must be an http or https URL, for example ${DEFAULT_ENDPOINT}.`)
}

function parseRegion(text: string): string {
  if (/^[a-z0-9-]+$/.test(text)) return text
  throw new InvalidArgumentError('It must be the name of a region, for example us-east-1.')
}
