/**
 * How much the committer takes from the log at a time: rows, and bytes of their features. They are in memory together,
 * as columns too. A list of more than 16,383 values is an object that V8 does not move and collects late, which costs a
 * seventh of a commit.
 */
export const PASS = { rows: 16_000, bytes: 16 * 1024 * 1024 }

/** Passes that become one snapshot, with a row group of each: more make fewer files, which are written together. */
export const PASSES_PER_SNAPSHOT = 4
