/**
 * How much the committer takes from the log at a time: rows, and bytes of their features. They are in memory together,
 * as columns too.
 */
export const PASS = { rows: 20_000, bytes: 16 * 1024 * 1024 }

/** Passes that become one snapshot, with a row group of each: more make fewer files, which are written together. */
export const PASSES_PER_SNAPSHOT = 3
