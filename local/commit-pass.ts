/**
 * How much the committer takes from the log at a time: rows, bytes of their features, and columns, which each day of
 * each group has for itself. They are in memory together; a column takes two kilobytes, however few its rows are. A list
 * of more than 16,383 values is an object that V8 does not move and collects late, which costs a seventh of a commit.
 */
export const PASS = { rows: 16_000, bytes: 16 * 1024 * 1024, columns: 60_000 }

/**
 * A short pass: the first of a commit, which nothing is done before and the next is gathered beside, and each of a store
 * that takes little memory.
 */
export const SHORT_PASS = { ...PASS, rows: 4_000, bytes: 4 * 1024 * 1024 }

/** Passes that become one snapshot, with a row group of each: more make fewer files, which are written together. */
export const PASSES_PER_SNAPSHOT = 4
