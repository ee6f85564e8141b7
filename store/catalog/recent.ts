/** A map of the `max` keys that were set last: what it holds does not grow with what was ever asked for. */
export function recent<Value>(max: number) {
  const values = new Map<string, Value>()
  return {
    get: (key: string): Value | undefined => values.get(key),
    set(key: string, value: Value): void {
      values.delete(key)
      values.set(key, value)
      const [oldest] = values.keys()
      if (values.size > max && oldest !== undefined) values.delete(oldest)
    },
    delete: (key: string): boolean => values.delete(key),
  }
}
