/** What V8 reserves for the code of a thread, in place of half a gigabyte: ten times what any of them has. */
export const CODE_RANGE_MB = 32
