/** What the name of a delete session may be. Pure data: CDK reads it too. */
export const SESSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
