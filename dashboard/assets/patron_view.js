// Shows whose turn it is (a patron, somebody without a card, or the cart), the patron's earlier
// loans, and the pending loans.
import { stands } from "relais/scan_rows.js"
import { printText, slip } from "relais/loan_slip.js"
import { instant, shown } from "relais/wall_clock.js"
import { read, write } from "relais/workstation.js"

const CART = "relais.cart"
const TURNS = { patron: "who", card: "who-card", cart: "who-cart", complete: "who-complete" }

// Two rows with the same label count as one item.
const items = (rows) => [...new Set(rows.map((row) => row.item))]

export class PatronView {
  // `box` is the same object as in scan_view.js; `view` is the `ScanView` that this view belongs to.
  constructor(box, view) {
    Object.assign(this, { box, view, words: box.words, slipOpen: false })
    this.note = view.part("note")
    this.cart = view.part("cart")
    this.cart.value = read(CART)
    this.note.addEventListener("input", () => box.scanning.noted(this.note.value.trim()))
    this.cart.addEventListener("input", () => write(CART, this.cart.value.trim()))
    const hours = ["late-day", "late-time"].map((name) => view.part(name))
    for (const field of hours) field.addEventListener("change", () => this.enter())
    for (const field of [this.note, this.cart, ...hours]) {
      field.addEventListener("keydown", ({ key }) => { if (key === "Enter" || key === "Escape") box.focus() })
    }
  }

  // The name of the cart, which is known even before anything has been drawn.
  get cartName() {
    return read(CART)
  }

  // Ask who has the items that are scanned next. Staff type a name, or just scan.
  askWho() {
    this.note.value = ""
    this.view.focusOnceDrawn(this.note)
  }

  showNote() {
    this.note.value = this.box.scanning.state.note
  }

  // Record the next scans with the day and time in the fields, which staff copy from paper.
  // With `begin`, fill the fields with the current time first.
  enter(begin = false) {
    const [day, time] = ["late-day", "late-time"].map((name) => this.view.part(name))
    if (begin) {
      const now = shown(this.box.stamp())
      Object.assign(day, { value: now.day, max: now.day })
      time.value = now.time
      this.view.focusOnceDrawn(time)
    }
    const at = instant(day.value, time.value)
    this.view.part("late-why").textContent = at === null ? this.view.why("late_skipped") : at > this.box.stamp() ? this.view.why("late_future") : ""
    if (at !== null && at <= this.box.stamp()) this.box.scanning.enter(at)
  }

  openSlip(open) {
    this.slipOpen = open
  }

  // Return the code of the language whose slip this key prints, or undefined.
  languageOf(key) {
    return Object.keys(this.words.slips).find((code) => this.words.slips[code].key === key.toUpperCase())
  }

  printSlip(language) {
    printText(this.#slip(language), { title: this.words.slip, lang: language })
  }

  draw() {
    const { state } = this.box.scanning
    const turn = state.mode === "lend" ? (state.patron ? "patron" : "") : state.mode
    for (const [name, part] of Object.entries(TURNS)) this.view.part(part).hidden = name !== turn
    this.view.part("modes").hidden = turn !== "" || state.late !== null
    this.view.part("late").hidden = state.late === null
    this.view.part("undo").hidden = !this.box.scanning.undoable
    const patron = turn === "" || turn === "complete"
    this.view.write("ask", this.words[{ cart: "ask_return", complete: "ask_card" }[turn] ?? (patron ? "ask_patron" : this.box.classifier.describesCards ? "ask_item" : "ask_item_alone")])
    const placeholder = patron ? this.words.patron : this.words.item
    if (this.view.part("input").placeholder !== placeholder) this.view.part("input").placeholder = placeholder
    this.#drawTurn(turn, state)
    this.#drawEarlier(turn, state)
    this.#drawPending()
  }

  #drawTurn(turn, { patron, rows, waits, begun }) {
    const standing = rows.filter(stands).length
    const since = (at) => this.view.fill(this.words.since, { time: this.view.clock(at).slice(0, 5) })
    const many = this.count("items", standing)
    if (turn === "patron") {
      this.view.write("patron", patron.code)
      this.view.write("about", [this.#cardOf(patron), many, since(patron.since)].join(", "))
    }
    if (turn === "card") this.view.write("about-card", `${many}, ${since(begun)}`)
    if (turn === "cart") this.view.write("about-cart", many)
    if (turn === "complete") this.view.write("about-complete", `${waits[0]?.note}, ${this.count("items", items(waits).length)}`)
  }

  #cardOf({ name, kind }) {
    return this.words[`card_${name}`] ?? (kind === "card" ? this.words.card_known : this.words.card_unknown)
  }

  // Draw the patron's loans from earlier turns today, and the slip for the day.
  #drawEarlier(turn, { patron, rows }) {
    const taken = turn === "patron" ? this.box.today.of(patron.code) : []
    const now = new Set(rows.map((row) => row.id))
    const before = taken.filter((row) => !now.has(row.id))
    this.view.part("slip-button").hidden = !taken.length
    if (!taken.length) this.slipOpen = false
    this.view.part("slip").hidden = !this.slipOpen
    if (this.slipOpen) this.#drawSlip()
    const place = this.view.part("earlier")
    place.hidden = !before.length
    if (!this.#changed(place, before.map((row) => row.id).join())) return
    this.view.part("earlier-count").textContent = this.count("earlier", before.length)
    this.view.part("earlier-rows").replaceChildren(...before.reverse().map((row) => this.view.form("earlier-row", {
      item: row.item, time: this.view.clock(row.at).slice(0, 5), ...this.view.due(row),
    })))
  }

  #drawSlip() {
    this.view.part("slip-text").textContent = this.#slip(document.documentElement.lang)
    const { slips } = this.words
    const place = this.view.part("slip-languages")
    if (place.childElementCount) return
    place.replaceChildren(...Object.entries(slips).map(([code, { name, key }]) => {
      const button = this.view.form("slip-language", { name, key })
      Object.assign(button, { lang: code }).dataset.whose = code
      return button
    }))
  }

  #slip(language) {
    const { patron } = this.box.scanning.state
    return patron ? slip(this.box.today.of(patron.code), this.box.classifier, this.words.slips[language]) : ""
  }

  #drawPending() {
    const pending = [...this.box.today.pending()]
    const place = this.view.part("waits")
    place.hidden = !pending.length || Boolean(this.box.page.listsPending?.())
    const { old } = this.box.following
    this.view.write("waits-old", old === null ? "" : this.view.fill(this.words.waits_old, { time: this.view.clock(old).slice(0, 5) }))
    if (!this.#changed(place, JSON.stringify(pending.map(([turn, rows]) => [turn, rows.map((row) => row.id)])))) return
    this.view.part("waits-count").textContent = pending.length
    this.view.part("waits-list").replaceChildren(...pending.map(([turn, rows]) => {
      const codes = items(rows).join(", ")
      const line = this.view.form("wait", { note: rows.at(-1).note, codes, time: this.view.clock(rows[0].at).slice(0, 5) })
      line.dataset.whose = turn
      return line
    }))
  }

  #changed(place, mark) {
    if (place.dataset.mark === mark) return false
    place.dataset.mark = mark
    return true
  }

  count(key, count) {
    const { [`${key}_none`]: none, [`${key}_one`]: one, [key]: many } = this.words
    return [none, one][count] ?? this.view.fill(many, { count })
  }
}
