// What a scanner sends, found out by one code that is known: its end, its keyboard, its speed.
import { barcode } from "relais/code128.js"
import { ScanClassifier } from "relais/scan_classification.js"

const CODE = "RELAIS-2071"
const SILENCE = 1000 // ms after which nothing ends the code
const SLOWEST = 60 // ms between two keys; slower, a pause cannot be told from the next code
const HAND = 100 // the same of a hand
const [SHORTEST, LONGEST, TIMES] = [200, 600, 4] // the pause that ends a scan (ms), as a multiple of the gap

export function render({ model }) {
  const root = document.createElement("div")
  root.innerHTML = model.html
  const part = (name) => root.querySelector(`[data-part="${name}"]`)
  const classifier = new ScanClassifier(model.rules)
  const say = (key, values = {}) => model.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name])
  const input = part("input")
  let keys = []
  let timer = null

  const showKnown = () => {
    const known = window.scanner.known()
    part("known").textContent = known ? say(`end_${known.end}`, known) : ""
  }
  const measured = (end) => {
    const text = keys.map(({ key }) => key).join("")
    const gaps = keys.slice(1).map(({ at }, place) => at - keys[place].at)
    const gap = Math.round(Math.max(...gaps))
    const meant = classifier.classify(text, "item").text
    const layout = text === CODE ? "same" : meant === CODE ? classifier.keyboard(text) : "other"
    const pause = Math.min(Math.max(TIMES * gap, SHORTEST), LONGEST)
    return { end, gap, pause, layout, text, hand: gaps.length < 3 || gaps.sort((one, other) => one - other)[gaps.length >> 1] > HAND }
  }
  const finish = (end) => {
    clearTimeout(timer)
    const { text, hand, ...found } = measured(end)
    keys = []
    input.value = ""
    const slow = end === "none" && found.gap > SLOWEST
    if (!hand && !slow) window.scanner.learn(found)
    const said = [`end_${slow ? "slow" : end}`, `layout_${found.layout}`, "speed"].map((key) => say(key, { ...found, text }))
    part("result").textContent = hand ? say("typed") : said.join(" ")
    showKnown()
  }
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    if (event.key.length === 1) {
      keys.push({ key: event.key, at: event.timeStamp })
      clearTimeout(timer)
      timer = setTimeout(finish, SILENCE, "none")
    } else if (event.key === "Enter" || (event.key === "Tab" && keys.length > 3)) {
      event.preventDefault()
      if (keys.length) finish(event.key)
    }
  })
  root.querySelector("details").addEventListener("toggle", ({ target }) => { if (target.open) input.focus() })
  const bars = barcode(CODE, 60)
  bars.style.cssText = "display: block; inline-size: 22rem; max-inline-size: 100%; block-size: 4rem; background: white"
  part("bars").append(bars)
  showKnown()
  return root
}
