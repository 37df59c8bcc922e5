// The lengths of the codes without a known shape that were scanned at this workstation. A code of a
// new length may be two codes run together, or only part of a code.

const MEMORY = "relais.codes"
const LONGEST = 15 // characters; a longer first code may be two labels run together

export class CodeLengths {
  constructor(storage) {
    this.storage = storage
    this.counts = { patron: {}, item: {} } // the number of codes by length
    try {
      Object.assign(this.counts, JSON.parse(storage.getItem(MEMORY)))
    } catch { /* storage is blocked */ }
  }

  // `place` is "patron" or "item", whichever is expected. A first code is new only if it is very
  // long, or if `isWhole` is false: if nothing shows that its end has arrived.
  isNew(place, length, isWhole = true) {
    const counts = this.counts[place]
    return Object.keys(counts).length ? !counts[length] : !isWhole || length > LONGEST
  }

  // The commonest length, or null if there are no codes yet.
  usual(place) {
    const [commonest] = Object.entries(this.counts[place]).sort(([, one], [, other]) => other - one)
    return commonest ? Number(commonest[0]) : null
  }

  add(place, length) {
    this.#count(place, length, 1)
  }

  // Take back a code that was wrong, so that it teaches no length.
  remove(place, length) {
    this.#count(place, length, -1)
  }

  #count(place, length, step) {
    const count = Math.max(0, (this.counts[place][length] ?? 0) + step)
    if (count) this.counts[place][length] = count
    else delete this.counts[place][length]
    try {
      this.storage.setItem(MEMORY, JSON.stringify(this.counts))
    } catch { /* the lengths are then lost with the page */ }
  }
}
