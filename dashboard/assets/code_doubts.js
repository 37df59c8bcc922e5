// Decides whether staff must say what a scanned code is before it is recorded: it may be part of a
// code, or two codes run together. One of these may be a card.
import { CodeLengths } from "relais/code_lengths.js"

// Kinds whose shape shows that a code is whole.
const WHOLE = new Set(["card", "item"])
const FEW = 4 // characters; fewer are no code

export class CodeDoubts {
  constructor(storage, classifier) {
    Object.assign(this, { classifier, lengths: new CodeLengths(storage) })
  }

  // Return the scan as {code, doubt}. `doubt` is the key of a sentence (`why_{doubt}`), or null if
  // the code can be recorded. `scan` is the detail of "relais:end" (scanner_keys.js); `place` is
  // what is expected, "patron" or "item".
  read({ text, torn = "", early = false, follows = false, end = "Enter" }, place) {
    const code = text.trim()
    if (torn && !this.#isWhole(code) && this.#isLikely(torn + code, place)) return { code: torn + code, doubt: "cut" }
    const isCut = early || !end || (torn && !this.#isWhole(code)) || (follows && code.length < FEW)
    return { code, doubt: isCut ? "cut" : this.#ofShape(code, place, end !== "none") }
  }

  // Whether the code may be the rest of `before`, the last scan. A code of a known shape is whole,
  // unless what follows it is too short to be a code.
  isRest(code, before) {
    return code.length < FEW || !this.#isWhole(before)
  }

  // Remember the length of a code that is right.
  learn(code, place) {
    if (!this.#isDescribed(code, place)) this.lengths.add(place, code.length)
  }

  // Forget the length of a code that was taken back.
  unlearn(code, place) {
    if (!this.#isDescribed(code, place)) this.lengths.remove(place, code.length)
  }

  #ofShape(code, place, hasEnd) {
    const { warning } = this.classifier.classify(code, place)
    if (warning === "glued") return "glued"
    if (warning === "partial" && place === "item") return "cut"
    if (this.#isDescribed(code, place)) return null
    return this.lengths.isNew(place, code.length, hasEnd && !this.#isNumber(code, place)) ? "length" : null
  }

  // Whether a code has the shape of a card or of an item, or a length that is known here.
  #isLikely(code, place) {
    return this.#isWhole(code) || !this.lengths.isNew(place, code.length, false)
  }

  #isWhole(code) {
    return WHOLE.has(this.classifier.form(code)?.kind)
  }

  // Whether the classifier knows the shape of the code, or has a doubt about the code. The end of a
  // card may have the shape of a number that identifies a patron.
  #isDescribed(code, place) {
    const { form, warning } = this.classifier.classify(code, place)
    return (form !== null && !this.#isNumber(code, place)) || warning !== null
  }

  #isNumber(code, place) {
    return place === "item" && this.classifier.form(code)?.kind === "number"
  }
}
