/**
 * How much the committer takes from the log at a time: rows, and bytes of their features. They are in memory together,
 * as columns too.
 */
export const PASS = { rows: 20_000, bytes: 16 * 1024 * 1024 }
