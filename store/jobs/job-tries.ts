/** How often the message of a job is received before it is given up. Pure data: CDK reads it too. */
export const JOB_TRIES = 10
