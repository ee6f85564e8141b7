const ALL = 'all'

/** What no function uses: whole modules, or functions of theirs. What takes its place throws when it is used after all. */
export const LEFT_OUT: { readonly [module: string]: typeof ALL | readonly string[] } = {
  // For places without the hashes of Node.
  '@aws-sdk/checksums/dist-es/submodules/sha/sha1/Sha1Js.js': ALL,
  '@smithy/core/dist-es/submodules/checksum/crc32/Crc32Js.js': ALL,
  '@smithy/core/dist-es/submodules/checksum/md5/Md5Js.js': ALL,
  '@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js': ALL,
  // For browsers.
  '@smithy/core/dist-es/submodules/serde/util-stream/checksum/createChecksumStream.browser.js': ALL,
  '@smithy/core/dist-es/submodules/serde/util-stream/createBufferedReadable.browser.js': ALL,
  '@smithy/core/dist-es/submodules/serde/util-stream/getAwsChunkedEncodingStream.browser.js': ALL,
  '@smithy/core/dist-es/submodules/serde/util-stream/sdk-stream-mixin.browser.js': ALL,
  // For machines of EC2, which ask for their region.
  '@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js': ALL,
  // For clients that are told to ask for their endpoint, to slow down, or to gather what streams bring in small pieces.
  '@aws-sdk/endpoint-cache/dist-es/EndpointCache.js': ALL,
  '@smithy/core/dist-es/submodules/retry/util-retry/AdaptiveRetryStrategy.js': ALL,
  '@smithy/core/dist-es/submodules/retry/util-retry/DefaultRateLimiter.js': ALL,
  '@smithy/core/dist-es/submodules/serde/util-stream/createBufferedReadable.js': ALL,
  // For signed streams of events, signatures for several regions, and the directory buckets of S3.
  '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/AwsSdkSigV4ASigner.js': ALL,
  '@aws-sdk/middleware-sdk-s3/dist-es/submodules/s3/middleware-s3-express/classes/S3ExpressIdentityProviderImpl.js':
    ALL,
  '@aws-sdk/middleware-sdk-s3/dist-es/submodules/s3/middleware-s3-express/functions/signS3Express.js': ALL,
  '@smithy/signature-v4/dist-es/HeaderFormatter.js': ALL,
  // For reading CSV by a delimiter that is found out.
  'csv-parse/lib/utils/delimiter_discover.js': ALL,
  // For reading Parquet by a filter.
  'hyparquet/src/bloom.js': ALL,
  'hyparquet/src/filter.js': ['matchFilter', 'filterPageRanges', 'canSkipStats'],
  'hyparquet/src/plan.js': ['prefetchBloomFilters', 'prefetchPageIndexes'],
  'hyparquet/src/xxhash.js': ALL,
  // For columns that no feature can be.
  'hyparquet/src/variant.js': ALL,
  'hyparquet/src/wkb.js': ALL,
  // The schema of events names no formats.
  '@cfworker/json-schema/dist/esm/format.js': ALL,
}

/** Where a declaration of a module begins, with its name. */
const DECLARATIONS = /^(?=(?:async )?(?:function\*?|class|var) )/m
const NAME = /^(?:async )?(?:function\*?|class|var) ([\w$]+)/

/**
 * The text of a module, by its path below `node_modules`, without what is left out of it. It then imports what stands in
 * from `left-out.js` beside it.
 */
export function leaveOut(module: string, text: string): string {
  const names = LEFT_OUT[module]
  if (names === undefined) return text
  return text
    .split(DECLARATIONS)
    .map((declaration) => {
      const [, name] = NAME.exec(declaration) ?? []
      if (name === undefined || (names !== ALL && !names.includes(name))) return declaration
      const standIn = `standInFor_${name}`
      const imported = `import { leftOut as ${standIn} } from './left-out.js';`
      return `${imported}\nvar ${name} = /* @__PURE__ */ ${standIn}(${JSON.stringify(module)});\n`
    })
    .join('')
}
