// Determines a scanner's end key, keyboard layout and speed from a scan of a known code. The result
// is stored for this workstation (scanner_keys.js).
import { barcode } from "relais/code128.js"
import { read, write } from "relais/workstation.js"

const CODE = "RELAIS-2071"
const ASKED = "relais.scanner.asked"
const SLOWEST = 60 // ms; a longer pause between two keystrokes looks like the end of the code
const HAND = 100 // ms; if the median time between keystrokes is longer, the code was typed by hand
const [SHORTEST, LONGEST, TIMES] = [200, 600, 4] // limits of the pause that ends a scan (ms), and the pause as a multiple of the longest gap

export class ScannerCheck {
  // `root` contains the rendered template `scanner`; `words` are its sentences by key.
  constructor(root, { words, classifier }) {
    Object.assign(this, { root, words, classifier })
    const input = this.#part("input")
    input.addEventListener("relais:end", ({ detail }) => {
      input.value = ""
      if (detail.keys.length) this.#finish(detail.keys, detail.end ?? "none")
    })
    this.folded = input.closest("details")
    this.folded.addEventListener("toggle", () => {
      input.disabled = !this.folded.open
      input.focus()
    })
    const bars = barcode(CODE, 60)
    bars.style.cssText = "display: block; inline-size: 22rem; max-inline-size: 100%; block-size: 4rem; background: white"
    this.#part("bars").append(bars)
    this.#showKnown()
  }

  // Ask staff once per workstation to check the scanner, unless it has been checked already. They
  // can keep scanning in the meantime.
  ask() {
    if (window.scanner.known() || read(ASKED)) return
    write(ASKED, "yes")
    this.#part("asked").hidden = false
  }

  open() {
    this.dismiss()
    this.folded.open = true
  }

  dismiss() {
    const asked = this.#part("asked")
    if (asked) asked.hidden = true
  }

  #finish(keys, end) {
    const { text, hand, ...found } = this.#measured(keys, end)
    const slow = end === "none" && found.gap > SLOWEST
    if (!hand && !slow) window.scanner.learn(found)
    const findings = [`end_${slow ? "slow" : end}`, `layout_${found.layout}`, "speed"].map((key) => this.#say(key, { ...found, text }))
    this.#part("result").textContent = hand ? this.#say("typed") : findings.join(" ")
    this.#showKnown()
  }

  #measured(keys, end) {
    const text = keys.map(({ key }) => key).join("")
    const gaps = keys.slice(1).map(({ at }, place) => at - keys[place].at)
    const gap = Math.round(Math.max(...gaps))
    const meant = this.classifier.classify(text, "item").text
    const layout = text === CODE ? "same" : meant === CODE ? this.classifier.keyboard(text) : "other"
    const pause = Math.min(Math.max(TIMES * gap, SHORTEST), LONGEST)
    const median = gaps.sort((gap, other) => gap - other)[gaps.length >> 1]
    return { end, gap, pause, layout, text, hand: gaps.length < 3 || median > HAND }
  }

  #showKnown() {
    const known = window.scanner.known()
    this.#part("known").textContent = known ? this.#say(`end_${known.end}`, known) : ""
  }

  #say(key, values = {}) {
    return this.words[`scanner_${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name])
  }

  #part(name) {
    return this.root.querySelector(`[data-part="scanner-${name}"]`)
  }
}
