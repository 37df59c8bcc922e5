// The lengths of the last codes without a known shape that were scanned at this workstation. A code
// of any other length may be two codes run together, or only part of a code.

const MEMORY = "relais.lengths"
const LAST = 50 // codes

export class CodeLengths {
  constructor(storage) {
    this.storage = storage
    this.lasts = { patron: [], item: [] }
    try {
      Object.assign(this.lasts, JSON.parse(storage.getItem(MEMORY)))
    } catch { /* storage is blocked */ }
  }

  // `place` is "patron" or "item", whichever is expected. If there are no earlier codes, no length
  // counts as new.
  isNew(place, length) {
    return this.lasts[place].length > 0 && !this.lasts[place].includes(length)
  }

  add(place, length) {
    this.lasts[place] = [length, ...this.lasts[place]].slice(0, LAST)
    try {
      this.storage.setItem(MEMORY, JSON.stringify(this.lasts))
    } catch { /* the lengths are then lost with the page */ }
  }
}
