// The lengths of this desk's last codes that have no known shape. A code of another length may be
// two codes run together, or part of one.

const MEMORY = "relais.lengths"
const LAST = 50 // codes

export class CodeLengths {
  constructor(storage) {
    this.storage = storage
    this.lasts = { patron: [], item: [] }
    try {
      Object.assign(this.lasts, JSON.parse(storage.getItem(MEMORY)))
    } catch { /* forbidden */ }
  }

  // `place` is "patron" or "item", whichever was expected. Without earlier codes, no length is new.
  isNew(place, length) {
    return this.lasts[place].length > 0 && !this.lasts[place].includes(length)
  }

  add(place, length) {
    this.lasts[place] = [length, ...this.lasts[place]].slice(0, LAST)
    try {
      this.storage.setItem(MEMORY, JSON.stringify(this.lasts))
    } catch { /* then it is lost with the page */ }
  }
}
