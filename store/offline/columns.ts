/**
 * The member of a Firehose row that names its table and is no column of it. Feature names begin with a letter or a
 * digit, so that no feature can be named as it.
 */
export const ROUTING_COLUMN = '_table'
