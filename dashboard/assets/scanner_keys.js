// Tells a scanner's keys from a hand's, in a field that is there for a hand.

const GAP = 40 // ms between two keys of a scanner, at most
const LEAST = 4 // letters of a scan

export class Burst {
  // What was scanned into the field is taken out of it, and given to `scanned(text)`.
  constructor(field, scanned) {
    Object.assign(this, { field, scanned, last: -Infinity, typed: "", before: "" })
    field.addEventListener("keydown", (event) => this.#pressed(event), true)
  }

  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const quick = event.timeStamp - this.last < GAP
    if (event.key.length === 1) {
      if (!quick) Object.assign(this, { before: this.field.value, typed: "" })
      this.typed += event.key
      this.last = event.timeStamp
    } else if (event.key === "Enter") {
      const scan = event.timeStamp - this.last < 4 * GAP && this.typed.length >= LEAST ? this.typed : ""
      this.typed = ""
      if (!scan) return
      event.preventDefault()
      event.stopImmediatePropagation()
      this.field.value = this.before
      for (const type of ["input", "change"]) this.field.dispatchEvent(new Event(type, { bubbles: true }))
      this.scanned(scan)
    }
  }
}

// How the text of a field came: by a hand, or by a scanner, most of whose keys are quick.
export class Pace {
  constructor(field) {
    Object.assign(this, { field, keys: 0, quick: 0, last: -Infinity })
    field.addEventListener("keydown", (event) => this.#pressed(event), true)
  }

  get byHand() {
    return 2 * this.quick < this.keys || !this.keys // pasted
  }

  #pressed({ key, timeStamp }) {
    if (key.length !== 1) return
    if (!this.field.value) Object.assign(this, { keys: 0, quick: 0, last: -Infinity })
    this.keys += 1
    if (timeStamp - this.last < GAP) this.quick += 1
    this.last = timeStamp
  }
}
