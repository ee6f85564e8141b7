declare global {
  interface JSON {
    /** https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON */
    rawJSON(text: string): object
  }
}

/** A number that `JSON.stringify` writes in these very digits, whatever a double would make of them. */
export function exactNumber(digits: string): object {
  return JSON.rawJSON(digits)
}

/** The digits that tell a double from every other one, of a zero with its sign: without a point many read `-0` as 0. */
export function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value)
}

/** The integer that a text of digits stands for; unlike BigInt's own reading, a plus sign may stand before them. */
export function exactInteger(digits: string): bigint {
  return BigInt(digits.startsWith('+') ? digits.slice(1) : digits)
}
