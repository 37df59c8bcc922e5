// What the scan box shows: whose turn, what is asked, the rows, the counter. Drawn once a frame,
// row by row, so that 500 rows stay quick.
import { stands } from "relais/scan_rows.js"

const SHOWN = 5 // last scans in the side panel
const ZONE = "Europe/Zurich"
const QUESTIONS = { swapped: "guard-swapped", looks_like_patron: "guard-card" }

export class ScanView {
  // `box` has {root, words, page, outbox, sounds, guard, scanning, elsewhere}.
  constructor(box) {
    Object.assign(this, { box, words: box.words, rows: new Map(), drawing: 0 })
  }

  part(name) {
    return this.box.root.querySelector(`[data-part="${name}"]`)
  }

  draw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0
      this.#drawPatron()
      this.#drawGuard()
      this.#drawRows()
      this.#drawSide()
    })
  }

  // For whoever does not see the screen.
  hear(key, values) {
    if (this.words[key]) this.part("heard").textContent = this.#fill(this.words[key], values)
  }

  why(key, code = "") {
    return this.#fill(this.words[`why_${key}`] ?? this.words.why_other, { code })
  }

  #drawPatron() {
    const { patron, rows } = this.box.scanning.state
    this.part("who").hidden = !patron
    this.part("ask").textContent = patron ? this.words.ask_item : this.words.ask_patron
    this.part("input").placeholder = patron ? this.words.item : this.words.patron
    if (!patron) return
    this.part("patron").textContent = patron.code
    const standing = rows.filter(stands).length
    const { no_item: none, one_item: one, items } = this.words
    const many = [none, one][standing] ?? this.#fill(items, { count: standing })
    const since = this.#fill(this.words.since, { time: this.#clock(patron.since).slice(0, 5) })
    this.part("about").textContent = [this.#cardOf(patron), many, since].join(", ")
  }

  #cardOf({ name, kind }) {
    return this.words[`card_${name}`] ?? (kind === "card" ? this.words.card_known : this.words.card_unknown)
  }

  #drawGuard() {
    const shown = this.#question()
    const slot = this.part("guard")
    const mark = JSON.stringify(shown)
    if (slot.dataset.mark === mark) return
    slot.dataset.mark = mark
    slot.replaceChildren()
    if (!shown) return
    const guard = this.#copy(shown.form)
    this.#say(guard, shown.text)
    slot.append(guard)
  }

  #question() {
    const { scanning, page, elsewhere } = this.box
    const { notice, patron } = scanning.state
    const { doubt } = scanning
    if (!page.desk()) return { form: "guard-desk", text: { code: notice?.code ?? "" } }
    if (elsewhere.length) return { form: "guard-elsewhere", text: { codes: elsewhere.join(", ") } }
    if (notice) return { form: "guard-refused", text: { code: notice.code, why: this.why(notice.key) } }
    if (doubt) return this.#doubted(doubt)
    if (patron?.warning && !patron.overridden) return { form: "guard-patron", text: { why: this.why(patron.warning) } }
    if (patron?.read) return { form: "guard-read", text: { why: this.why(patron.read, patron.code) } }
    return null
  }

  #doubted({ warning, item }) {
    const text = { code: item, patron: this.box.scanning.state.patron?.code ?? "", why: this.why(warning) }
    return { form: QUESTIONS[warning] ?? "guard-doubt", text }
  }

  #drawRows() {
    const { rows } = this.box.scanning.state
    const body = this.part("rows")
    this.part("taken").hidden = !rows.length
    const ids = new Set(rows.map((row) => row.id))
    for (const [id, line] of this.rows) {
      if (ids.has(id)) continue
      line.remove()
      this.rows.delete(id)
    }
    for (const [place, row] of [...rows].reverse().entries()) this.#drawRow(row, body, place)
  }

  // `place` counts from the oldest, which stands at the bottom.
  #drawRow(row, body, place) {
    let line = this.rows.get(row.id)
    if (!line) {
      line = this.#copy("row")
      this.rows.set(row.id, line)
      this.#say(line, { number: row.number, item: row.item, time: this.#clock(row.made), ...this.#due(row) })
      body.insertBefore(line, body.rows[body.rows.length - place] ?? null)
    }
    const mark = `${row.state}/${row.warning}/${row.reason}/${row.overridden}`
    if (line.dataset.mark === mark) return
    line.dataset.mark = mark
    line.classList.toggle("is-void", row.state === "void")
    line.querySelector('[data-text="state"]').replaceChildren(this.#chip(row))
    this.#say(line, { why: this.#whyOf(row) })
  }

  #due({ made, item }) {
    const { guard } = this.box
    const day = new Date(made).toLocaleDateString("sv-SE", { timeZone: ZONE })
    const back = new Date(`${guard.due(day, item)}T12:00:00Z`)
    const due = back.toLocaleDateString(this.words.locale, { timeZone: "UTC", day: "numeric", month: "long" })
    const days = guard.daysOf(item)
    return { due, days: days === guard.days ? "" : this.#fill(this.words.days, { count: days }) }
  }

  #whyOf({ state, warning, reason, read, overridden, item }) {
    if (state === "void") return ""
    if (state === "repeated") return this.why("repeated")
    if (overridden) return this.words.overridden
    const key = reason ?? warning ?? read
    return key ? this.why(key, item) : ""
  }

  #chip({ state, doubtful, overridden }) {
    return this.#copy(`chip-${state === "kept" && doubtful && !overridden ? "doubt" : state}`)
  }

  #drawSide() {
    const { outbox, sounds, scanning } = this.box
    this.part("waiting").textContent = outbox.size
    this.part("waiting-why").textContent = this.words[waiting(outbox)]
    this.part("sound").textContent = sounds.muted ? this.words.sound_off : this.words.sound_on
    this.part("sound").setAttribute("aria-pressed", String(!sounds.muted))
    // The desk page shows the whole log instead.
    if (!this.part("last")) return
    const last = scanning.state.last.slice(0, SHOWN)
    this.part("no-last").hidden = last.length > 0
    this.part("last").replaceChildren(...last.map((one) => this.#drawLast(one)))
  }

  #drawLast(scan) {
    const line = this.#copy("last")
    const why = scan.what === "refused" ? this.why(scan.reason) : ""
    this.#say(line, { time: this.#clock(scan.made), code: scan.code, why })
    line.querySelector('[data-text="form"]').replaceWith(this.#copy(`form-${formOf(scan)}`))
    line.classList.toggle("is-void", scan.state === "void")
    return line
  }

  #say(within, texts) {
    for (const [name, text] of Object.entries(texts)) {
      for (const one of within.querySelectorAll(`[data-text="${name}"]`)) one.textContent = text
    }
  }

  #copy(name) {
    const template = this.box.root.querySelector(`template[data-template="${name}"]`)
    return template.content.firstElementChild.cloneNode(true)
  }

  #fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
  }

  #clock(made) {
    return new Date(made).toLocaleTimeString("fr-CH", { timeZone: ZONE, hour12: false })
  }
}

function waiting({ size, kept, trouble }) {
  if (!size) return "waiting_none"
  if (!kept) return "waiting_unkept"
  return trouble ? `waiting_${trouble}` : "waiting_some"
}

function formOf({ what, state, warning, doubtful, overridden }) {
  if (what === "patron") return warning ? "doubt" : "patron"
  if (what === "refused") return "refused"
  return state === "kept" && doubtful && !overridden ? "doubt" : state
}
