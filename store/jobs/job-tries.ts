/** How often a job is tried before it is given up. Pure data: CDK reads it too. */
export const JOB_TRIES = 10

/**
 * How often its message is received before it is set aside: those of a worker that ended without a word are not given
 * up by it, and what gives them up may fail too.
 */
export const JOB_RECEIVES = 15
