/** What the bundles have in place of the SDK's streams of events, which none of the calls that a function makes has. */
export function eventStreamSerdeProvider(): never {
  throw new Error('the SDK is bundled without streams of events')
}

/** The client of S3 asks for it when it is made. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config
}
