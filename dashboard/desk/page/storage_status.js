// Warns if this workstation could lose its transactions, and saves them to a file.
import { hasSurvived } from "relais/browser_profile.js"
import { read, write } from "relais/workstation.js"

const NEARLY_FULL = 0.9
const OFF = 120 // seconds by which the clock must be wrong before the page mentions it
const EVERY = 60_000

export class StorageStatus {
  constructor(workstation, speech) {
    Object.assign(this, { workstation, speech, worker: true, persistent: true, full: false })
    this.survived = hasSurvived()
    this.vdi = speech.part("vdi")
    this.vdi.checked = read("relais.vdi") === "yes"
    this.vdi.addEventListener("change", () => { write("relais.vdi", this.vdi.checked ? "yes" : "no"); this.draw() })
    workstation.outbox.addEventListener("changed", () => this.draw())
    setInterval(() => this.look(), EVERY)
    this.draw()
  }

  async look() {
    const { storage } = navigator
    try {
      this.persistent = (await storage?.persisted()) || (await storage?.persist()) || false
      const { usage, quota } = (await storage?.estimate()) ?? {}
      this.full = quota > 0 && usage / quota > NEARLY_FULL
    } catch {
      this.persistent = false
    }
    this.draw()
  }

  draw() {
    const { speech } = this
    const notes = [...this.#notes()]
    const place = speech.part("keeping")
    const mark = JSON.stringify(notes)
    if (place.dataset.mark === mark) return
    place.dataset.mark = mark
    place.replaceChildren(...notes.map((note) => speech.form("note", note)))
  }

  * #notes() {
    const { speech, workstation: { outbox, clock } } = this
    const save = speech.say("save")
    if (!outbox.kept) yield { what: speech.say("unkept"), then: save }
    if (this.full) yield { what: speech.say("nearly_full"), then: save }
    if (outbox.cleared && outbox.size) yield { what: speech.say("cleared"), then: save }
    else if (this.vdi.checked && !this.survived) yield { what: speech.say("vdi"), then: speech.say("vdi_save") }
    else if (!this.persistent && outbox.size) yield { what: speech.say("not_persistent"), then: save }
    if (!isSecureContext) yield { what: speech.say("no_https"), then: speech.say("no_https_then") }
    else if (!this.worker) yield { what: speech.say("no_worker"), then: speech.say("keep_open") }
    const off = clock.off / 1000
    if (clock.sure && Math.abs(off) > OFF) {
      const key = off > 0 ? "off_slow" : "off_fast"
      yield { what: speech.say(key, { length: window.durations.inWords(Math.abs(off)) }), then: speech.say("off_then") }
    }
  }

  // Save the transactions to a file for `relais loans import`, one per line, and return them.
  async save() {
    const { speech, workstation } = this
    const lines = await workstation.lines()
    const status = speech.part("saved")
    status.textContent = speech.say("file_none")
    if (!lines.length) return lines
    const name = this.fileName()
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([asText(lines)], { type: "application/x-ndjson" }))
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    status.textContent = speech.say("file_saved", { name })
    return lines
  }

  fileName() {
    const { speech, workstation } = this
    const stamp = speech.date(Date.now()) + "_" + speech.clock(Date.now()).replace(":", "h")
    return `relais_${workstation.name().replace(/[^\w-]/g, "-")}_${stamp}.jsonl`
  }
}

export function asText(lines) {
  return lines.map((line) => JSON.stringify(line) + "\n").join("")
}
