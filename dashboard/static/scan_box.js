// The scan box on a page: keys in, rows and counters out. What it means is in scanning.js.
import { Scanning } from "relais/scanning.js"
import { Sounds } from "relais/sounds.js"

const SHOWN = 5 // last scans in the side panel
const SOUND_OF = { here: "taken", warning: "warning", refused: "refused", unkept: "refused" }
const KEYS = { Escape: "next", F7: "turn", F8: "undo", F9: "stay" }

export class ScanBox {
  // `root` holds the rendered piece `scan`; `words` are its sentences by key; `page` is what the
  // page around it offers: {desk, chooseDesk, name, active}; `workstation` is where it stands.
  constructor(root, { words, forms, doubleRead, page, workstation }) {
    Object.assign(this, { root, words, page, outbox: workstation.outbox, scannedAt: -Infinity })
    this.sounds = new Sounds(localStorage)
    this.scanning = new Scanning({
      storage: sessionStorage, outbox: this.outbox, stamp: () => workstation.clock.stamp(), desk: page.desk,
      workstation: page.name, forms, doubleRead, tell: (event) => this.#hear(event),
    })
    this.listeners = {
      changed: () => this.draw(),
      settled: ({ detail }) => { this.scanning.settled(detail); this.draw() },
    }
    for (const [name, listener] of Object.entries(this.listeners)) this.outbox.addEventListener(name, listener)
    this.elsewhere = []
    this.rows = new Map()
    this.drawing = 0
    this.input = this.part("input")
    this.input.addEventListener("keydown", (event) => this.#typed(event))
    root.addEventListener("click", (event) => this.#clicked(event))
    this.onKey = (event) => this.#pressed(event)
    window.addEventListener("keydown", this.onKey)
    this.#recall(workstation.store)
    this.draw()
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  take(text) {
    this.scannedAt = performance.now()
    this.scanning.scan(text)
    this.draw()
  }

  // Scans made while another place was shown: offered, since nobody saw where they went.
  offer(scans) {
    this.elsewhere.push(...scans)
    this.draw()
  }

  strike(id) {
    this.scanning.strike(id)
    this.draw()
  }

  focus() {
    this.input.focus({ preventScroll: true })
  }

  busy() {
    return this.input.value !== ""
  }

  close() {
    window.removeEventListener("keydown", this.onKey)
    for (const [name, listener] of Object.entries(this.listeners)) this.outbox.removeEventListener(name, listener)
  }

  // What an earlier load of this page did not see the end of.
  async #recall(store) {
    const ids = this.scanning.unsure
    if (!ids.length) return
    const records = await store.find(ids).catch(() => null)
    if (records) this.scanning.recall(ids, records)
    this.draw()
  }

  // ----- keys and clicks -----
  #typed(event) {
    if (event.key !== "Enter") return
    event.preventDefault()
    event.stopPropagation()
    const text = this.input.value
    this.input.value = ""
    this.take(text)
  }

  #pressed(event) {
    const act = KEYS[event.key]
    if (!act || !this.page.active() || event.ctrlKey || event.altKey || event.metaKey) return
    // Escape in another field of the place belongs to that field.
    if (event.key === "Escape" && this.#inOtherField(event)) return
    event.preventDefault()
    this.#do(act)
  }

  #inOtherField(event) {
    const origin = event.composedPath()[0]
    return origin !== this.input && origin instanceof Element && origin.matches("input,textarea,select")
  }

  #clicked(event) {
    const chosen = event.target.closest("[data-do]")
    if (chosen) this.#do(chosen.dataset.do)
  }

  #do(act) {
    const { scanning, words } = this
    const acts = {
      next: () => { this.input.value = ""; scanning.next() },
      turn: () => scanning.turn(words.reason_turn),
      stay: () => scanning.stay(),
      undo: () => scanning.undo(words.reason_undo),
      desk: () => this.page.chooseDesk(),
      resume: () => { for (const text of this.elsewhere.splice(0)) scanning.scan(text) },
      forget: () => this.elsewhere.splice(0),
      sound: () => { this.sounds.muted = !this.sounds.muted },
    }
    acts[act]()
    this.draw()
  }

  // ----- what is heard -----
  #hear({ what, code, key, number }) {
    if (SOUND_OF[what]) this.sounds.play(SOUND_OF[what])
    this.draw()
    const sentence = this.words[`heard_${what}`]
    if (!sentence) return
    const why = key ? this.#why(key) : ""
    this.part("heard").textContent = this.#fill(sentence, { code, number, why })
  }

  #why(key) {
    return this.words[`why_${key}`] ?? this.words.why_other
  }

  #fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
  }

  // ----- what is seen: drawn once a frame, row by row, so that 500 rows stay quick -----
  draw() {
    if (this.drawing) return
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0
      this.#drawPatron()
      this.#drawGuard()
      this.#drawRows()
      this.#drawSide()
    })
  }

  #drawPatron() {
    const { patron, rows } = this.scanning.state
    const standing = rows.filter((row) => this.scanning.stands(row)).length
    this.part("who").hidden = !patron
    this.part("ask").textContent = patron ? this.words.ask_item : this.words.ask_patron
    this.input.placeholder = patron ? this.words.item : this.words.patron
    if (!patron) return
    this.part("patron").textContent = patron.code
    const name = patron.name ? this.words[`card_${patron.name}`] : this.words.card_unknown
    const { no_item: none, one_item: one, items } = this.words
    const many = [none, one][standing] ?? this.#fill(items, { count: standing })
    const since = this.#fill(this.words.since, { time: this.#clock(patron.since).slice(0, 5) })
    this.part("about").textContent = [name, many, since].join(", ")
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
    for (const [name, text] of Object.entries(shown.text)) {
      for (const one of guard.querySelectorAll(`[data-text="${name}"]`)) one.textContent = text
    }
    slot.append(guard)
  }

  #question() {
    const { notice, patron } = this.scanning.state
    const { doubt } = this.scanning
    if (!this.page.desk()) return { form: "guard-desk", text: { code: notice?.code ?? "" } }
    if (this.elsewhere.length) return { form: "guard-elsewhere", text: { codes: this.elsewhere.join(", ") } }
    if (notice) return { form: "guard-refused", text: { code: notice.code, why: this.#why(notice.key) } }
    if (doubt) return { form: "guard-card", text: { code: doubt.item } }
    if (patron?.warning) return { form: "guard-patron", text: { why: this.#why(patron.warning) } }
    return null
  }

  #drawRows() {
    const { rows } = this.scanning.state
    const body = this.part("rows")
    this.part("taken").hidden = !rows.length
    const ids = new Set(rows.map((row) => row.id))
    for (const [id, line] of this.rows) {
      if (ids.has(id)) continue
      line.remove()
      this.rows.delete(id)
    }
    for (const row of [...rows].reverse()) this.#drawRow(row, body)
  }

  #drawRow(row, body) {
    const mark = `${row.state}/${row.warning}/${row.reason}`
    let line = this.rows.get(row.id)
    if (!line) {
      line = this.#copy("row")
      this.rows.set(row.id, line)
      this.#say(line, { number: row.number, item: row.item, time: this.#clock(row.made) })
      body.prepend(line)
    }
    if (line.dataset.mark === mark) return
    line.dataset.mark = mark
    line.classList.toggle("is-void", row.state === "void")
    const said = { void: "", repeated: "repeated" }
    const why = said[row.state] ?? row.reason ?? row.warning ?? ""
    line.querySelector('[data-text="state"]').replaceChildren(this.#chip(row))
    this.#say(line, { why: why ? this.#why(why) : "" })
  }

  #chip({ state, doubtful }) {
    return this.#copy(`chip-${state === "kept" && doubtful ? "doubt" : state}`)
  }

  #drawSide() {
    this.part("waiting").textContent = this.outbox.size
    this.part("waiting-why").textContent = this.words[this.#waiting()]
    this.part("sound").textContent = this.sounds.muted ? this.words.sound_off : this.words.sound_on
    this.part("sound").setAttribute("aria-pressed", String(!this.sounds.muted))
    // The desk page shows the whole log instead.
    if (!this.part("last")) return
    const last = this.scanning.state.last.slice(0, SHOWN)
    this.part("no-last").hidden = last.length > 0
    this.part("last").replaceChildren(...last.map((one) => this.#drawLast(one)))
  }

  #waiting() {
    const { size, kept, trouble } = this.outbox
    if (!size) return "waiting_none"
    if (!kept) return "waiting_unkept"
    return trouble ? `waiting_${trouble}` : "waiting_some"
  }

  #drawLast(scan) {
    const line = this.#copy("last")
    const form = this.#formOf(scan)
    const why = scan.what === "refused" ? this.#why(scan.reason) : ""
    this.#say(line, { time: this.#clock(scan.made), code: scan.code, why })
    line.querySelector('[data-text="form"]').replaceWith(this.#copy(`form-${form}`))
    line.classList.toggle("is-void", scan.state === "void")
    return line
  }

  #formOf({ what, state, warning, doubtful }) {
    if (what === "patron") return warning ? "doubt" : "patron"
    if (what === "refused") return "refused"
    return state === "kept" && doubtful ? "doubt" : state
  }

  #say(within, texts) {
    for (const [name, text] of Object.entries(texts)) {
      for (const one of within.querySelectorAll(`[data-text="${name}"]`)) one.textContent = text
    }
  }

  #copy(name) {
    const template = this.root.querySelector(`template[data-template="${name}"]`)
    return template.content.firstElementChild.cloneNode(true)
  }

  #clock(made) {
    return new Date(made).toLocaleTimeString("fr-CH", { timeZone: "Europe/Zurich", hour12: false })
  }
}
