/**
 * How every client talks to AWS: over connections that are kept, with enough time for the slowest sound answer, and
 * little enough for the client's two retries within the 29 seconds of a function.
 */
export const REQUEST_HANDLER = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true }
