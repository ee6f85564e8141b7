import { type Command, InvalidArgumentError, Option } from 'commander'
import { accessTokenOption, type Connection, endpointOption, regionOption } from '../client/connection.ts'

/** What the commands have in common that read histories. */
export interface HistoryOptions extends Omit<Connection, 'endpoint'> {
  data: string
  memoryLimit: string
  dialect: 'duckdb' | 'athena'
  endpoint?: string
}

/** Gives a command the options that make `HistoryOptions`. */
export function addHistoryOptions(command: Command): Command {
  return command
    .addOption(new Option('--data <directory>', 'where the data is kept').env('CAIRN_DATA').default('./.cairn'))
    .addOption(
      new Option('--memory-limit <size>', 'memory for rows; more go to temporary files')
        .default('2GB')
        .argParser(parseSize),
    )
    .addOption(
      new Option('--dialect <name>', 'athena prints the SQL that Athena answers alike, and runs nothing')
        .choices(['duckdb', 'athena'])
        .default('duckdb'),
    )
    .addOption(endpointOption('with --dialect athena: server to ask for the feature groups, in place of --data'))
    .addOption(regionOption())
    .addOption(accessTokenOption())
}

function parseSize(text: string): string {
  if (/^[1-9]\d*([KMGT]B|[KMGT]iB)$/.test(text)) return text
  throw new InvalidArgumentError('It must be a number and a unit, for example 512MB or 2GB.')
}
