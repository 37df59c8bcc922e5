// The desk's side of lending: whose turn it is, what they take, what looks doubtful. Nothing here
// touches the page: it can be asked from a test, from the dashboard, from the offline page.
import { uuid } from "relais/transaction.js"

const LAST = 30 // scans that can still be undone or looked back at
// What the server may say of a loan that is in order all the same.
const NOTES = new Set(["renewal"])
// A loan stands while it is written to this workstation's disk, once it is there, when only this
// page has it, and when the server has it.
const HERE = new Set(["writing", "here", "unkept"])
const STANDING = new Set([...HERE, "kept"])
const EMPTY = { patron: null, rows: [], last: [], notice: null }

export class Scanning {
  // `desk()` gives the code of the circulation desk, "" while none is chosen. `forms` are the
  // known shapes of patron cards: {name, shape, warning}. `tell(event)` is told what happened:
  // {what: "patron" | "here" | "kept" | "warning" | "refused" | "void" | "unkept", code, key, number}.
  // `outbox` keeps and sends; `this.stamp()` is the workstation's time in ms.
  // `doubleRead` is how many ms after a scan the same label is the scanner reading it twice.
  constructor({ storage, outbox, stamp, desk, workstation, forms, doubleRead, tell, key = "relais.scanning" }) {
    Object.assign(this, { storage, outbox, stamp, desk, workstation, doubleRead, tell, key })
    this.forms = forms.map((one) => ({ ...one, shape: new RegExp(one.shape, "i") }))
    this.state = this.#read()
  }

  scan(text) {
    const code = text.trim()
    if (!code) return
    if (!this.desk()) this.#refuse(code, "desk_missing")
    else if (this.state.patron) this.#item(code, this.stamp())
    else this.#patron(code)
    this.#keep()
  }

  next() {
    this.state.patron = null
    this.state.rows = []
    this.state.notice = null
    this.#keep()
  }

  // Take back the newest scan that still stands: a loan, or a card that nothing was lent on yet.
  undo(reason) {
    const newest = this.state.last.find((one) => one.what === "patron" || this.stands(one))
    if (!newest) return
    if (newest.what === "loan") this.#void(newest, reason)
    else if (!this.state.rows.length) this.next()
    this.#keep()
  }

  // The doubt that waits longest for a word: a code that looks like a card, taken as an item.
  get doubt() {
    return [...this.state.rows].reverse().find((row) => row.open && this.stands(row)) ?? null
  }

  // It was the next patron's card: what was scanned after it is theirs, at the time it was made.
  turn(reason) {
    const card = this.doubt
    if (!card) return
    const { rows } = this.state
    const after = rows.slice(0, rows.indexOf(card)).filter((row) => this.stands(row)).reverse()
    for (const row of [card, ...after]) this.#void(row, reason)
    this.#patron(card.item)
    for (const row of after) this.#item(row.item, row.made)
    this.#keep()
  }

  // It was an item after all: the warning stays with the loan, the question goes.
  stay() {
    if (this.doubt) this.doubt.open = false
    this.#keep()
  }

  // What the server answered: {line, answer}, the answer being {id, state, warning, reason} with
  // the state `kept`, `repeated` (an earlier loan stands for it) or `refused`.
  settled(results) {
    for (const { line, answer } of results) {
      if (line.kind === "void") this.#voided(line, answer)
      else this.#lent(line, answer)
    }
    this.#keep()
  }

  // The rows that an earlier load of the page left open, and what became of them since.
  get unsure() {
    return [...this.state.rows, ...this.state.last].filter((one) => HERE.has(one.state)).map((one) => one.id)
  }

  recall(ids, records) {
    const known = new Map(records.map((one) => [one.line.id, one]))
    for (const id of ids) {
      const { line, answer } = known.get(id) ?? {}
      if (answer) this.#lent(line, answer)
      for (const one of this.#all(id)) {
        if (!HERE.has(one.state)) continue
        if (line) one.state = "here"
        else Object.assign(one, { state: "refused", reason: "not_taken", open: false })
      }
    }
    this.#keep()
  }

  // Somebody took this loan back in the log.
  strike(id) {
    for (const one of this.#all(id)) Object.assign(one, { state: "void", open: false })
    this.#keep()
  }

  known(code) {
    return this.forms.find((one) => one.shape.test(code)) ?? null
  }

  #patron(code) {
    const form = this.known(code)
    const warning = form ? form.warning ?? null : "unknown_card"
    this.state.patron = { code, since: this.stamp(), name: form ? form.name : null, warning }
    this.state.rows = []
    this.state.notice = null
    this.#remember({ what: "patron", code, made: this.stamp(), warning })
    this.tell({ what: warning ? "warning" : "patron", code, key: warning })
  }

  #item(code, made) {
    const { patron, rows } = this.state
    const warning = this.#isCard(code) ? "looks_like_patron" : patron.warning
    const loan = { id: uuid(), made, patron: patron.code, item: code, warning }
    const twice = rows.some((row) => row.item === code && this.stands(row) && made - row.made < this.doubleRead)
    const state = twice ? "repeated" : "writing"
    const open = warning === "looks_like_patron" && !twice
    const row = { ...loan, number: rows.length + 1, state, open }
    rows.unshift(row)
    this.state.notice = null
    this.#remember({ ...loan, what: "loan", code, state })
    if (twice) this.tell({ what: "warning", code, key: "repeated" })
    else this.#lend(row)
  }

  // Called taken only once it is on this workstation's disk.
  async #lend({ id, made, patron, item, warning, open, number }) {
    const kept = await this.#send({ kind: "loan", id, patron, item, warning }, made)
    for (const one of this.#all(id)) if (one.state === "writing") one.state = kept ? "here" : "unkept"
    this.#keep()
    const what = kept ? (open ? "warning" : "here") : "unkept"
    this.tell({ what, code: item, key: kept ? warning : "unkept", number })
  }

  #isCard(code) {
    const form = this.known(code)
    return code === this.state.patron.code || (form !== null && !form.warning)
  }

  #refuse(code, reason) {
    this.state.notice = { key: reason, code }
    this.#remember({ what: "refused", code, made: this.stamp(), reason })
    this.tell({ what: "refused", code, key: reason })
  }

  #void(loan, reason) {
    this.strike(loan.id)
    this.#send({ kind: "void", id: uuid(), loan: loan.id, reason }, this.stamp())
    this.tell({ what: "void", code: loan.item })
  }

  #send(transaction, made) {
    return this.outbox.add({ ...transaction, desk: this.desk(), workstation: this.workstation }, made)
  }

  #lent(loan, answer) {
    const fresh = answer.warning && answer.warning !== loan.warning && !NOTES.has(answer.warning)
    for (const one of this.#all(loan.id)) {
      if (HERE.has(one.state)) one.state = answer.state
      one.doubtful = answer.warning != null && !NOTES.has(answer.warning)
      one.warning = answer.warning ?? one.warning
      one.reason = answer.reason ?? null
    }
    const what = answer.state === "refused" ? "refused" : fresh ? "warning" : "kept"
    this.tell({ what, code: loan.item, key: answer.reason ?? answer.warning })
  }

  #voided(line, answer) {
    if (answer.state !== "refused") return
    for (const one of this.#all(line.loan)) one.state = "kept"
    this.state.notice = { key: answer.reason, code: "" }
    this.tell({ what: "refused", code: "", key: answer.reason })
  }

  #all(id) {
    return [...this.state.rows, ...this.state.last].filter((one) => one.id === id)
  }

  stands(one) {
    return STANDING.has(one.state)
  }

  #remember(scan) {
    this.state.last = [scan, ...this.state.last].slice(0, LAST)
  }

  #read() {
    try {
      return { ...structuredClone(EMPTY), ...JSON.parse(this.storage.getItem(this.key) || "{}") }
    } catch {
      return structuredClone(EMPTY)
    }
  }

  #keep() {
    try {
      this.storage.setItem(this.key, JSON.stringify(this.state))
    } catch { /* the outbox says when storage is full */ }
  }
}
