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
