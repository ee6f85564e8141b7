/**
 * What a bundle has in place of what none of its functions uses, by the module that it is from. It can be handed on, and
 * made with `new`, as the SDK does when a client is made. Anything else that is done with it throws.
 */
export function leftOut(module: string): object {
  const refuse = (): never => {
    throw new Error(`the bundle is without ${module}`)
  }
  const standIn: object = new Proxy(class {}, { apply: refuse, get: refuse, construct: () => standIn })
  return standIn
}
