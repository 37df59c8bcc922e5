// How the text of a field came: by a hand, or by a scanner, most of whose keys are quick.

export class Pace {
  constructor(field) {
    Object.assign(this, { field, last: -Infinity })
    this.reset()
    field.addEventListener("keydown", (event) => this.#pressed(event), true)
  }

  reset() {
    Object.assign(this, { keys: 0, quick: 0, from: Infinity })
  }

  get byHand() {
    return 2 * this.quick < this.keys || !this.keys // pasted
  }

  // Whether it began so soon after its page was opened that a part may have gone to the page before.
  get early() {
    return window.scanner.isEarly(this.from)
  }

  #pressed({ key, timeStamp }) {
    if (key.length !== 1) return
    if (!this.field.value) this.reset()
    this.keys += 1
    this.from = Math.min(this.from, timeStamp)
    if (timeStamp - this.last < window.scanner.gap()) this.quick += 1
    this.last = timeStamp
  }
}
