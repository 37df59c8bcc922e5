// The desk's side of lending: whose turn it is, what they take, what looks doubtful. Nothing here
// touches the page: it can be asked from a test, from the dashboard, from the offline page.
import { ScanRows, counts, stands } from "relais/scan_rows.js"
import { uuid } from "relais/transaction.js"

const EMPTY = { mode: "lend", patron: null, rows: [], last: [], notice: null, note: "", begun: null }
// What nobody's card is: a card scanned after one of these, with nothing lent yet, was meant.
const SLIPS = new Set(["partial", "glued", "isbn", "address"])
// Doubts that say: this is the next user's card.
const CARDS = new Set(["looks_like_patron", "swapped"])

export class Scanning {
  // `guard` says what was scanned (scan_guard.js). `desk()` gives the code of the circulation
  // desk, "" while none is chosen. `tell(event)` is told what happened: {what: "patron" | "here" |
  // "kept" | "warning" | "refused" | "void" | "unkept" | "repeated", code, key, number}. `outbox`
  // keeps and sends; `this.stamp()` is the workstation's time in ms. `doubleRead` is how many ms
  // after a scan the same label is the scanner reading it twice.
  constructor({ storage, outbox, stamp, desk, workstation, guard, doubleRead, tell, key = "relais.scanning" }) {
    Object.assign(this, { storage, outbox, stamp, desk, workstation, guard, doubleRead, tell, key })
    this.state = this.#read()
    this.rows = new ScanRows(this.state)
  }

  scan(text) {
    const code = text.trim()
    if (!code) return
    if (!this.desk()) this.#refuse(code, "desk_missing")
    else if (this.state.patron) this.#afterPatron(code)
    else this.#patron(code)
    this.#keep()
  }

  next() {
    Object.assign(this.state, { mode: "lend", patron: null, rows: [], notice: null, note: "", begun: null })
    this.#keep()
  }

  // Take back the newest scan: a row, or a card that nothing was lent on yet.
  undo(reason) {
    const { newest } = this.rows
    if (!newest) return
    if (newest.what !== "patron") this.#void(newest, reason)
    else if (!this.state.rows.length) this.next()
    this.#keep()
  }

  get doubt() {
    return this.rows.doubt
  }

  // Take back the scan that is asked about.
  drop(reason) {
    if (this.doubt) this.#void(this.doubt, reason)
    this.#keep()
  }

  // It is right all the same: a person said so, and the loans keep that word.
  confirm(reason) {
    const { doubt } = this
    const { patron, rows } = this.state
    if (doubt) this.#anew(doubt, reason)
    else if (patron?.warning) {
      patron.overridden = true
      const about = rows.filter((row) => stands(row) && row.warning === patron.warning && !row.overridden)
      for (const row of about.reverse()) this.#anew(row, reason)
    }
    this.#keep()
  }

  // It was the next user's card: what was scanned after it is theirs, at the time it was made.
  turn(reason) {
    const card = this.doubt
    if (!card || !CARDS.has(card.warning)) return
    const { rows } = this.state
    const after = rows.slice(0, rows.indexOf(card)).filter(stands).reverse()
    this.#withdraw(rows.slice(0, rows.indexOf(card) + 1), reason)
    this.#patron(card.item)
    for (const row of after) this.#item(row.item, row.made)
    this.#keep()
  }

  // The item came before the card: each takes the other's place, and the rest is the card's.
  swap(reason) {
    const card = this.doubt
    if (card?.warning !== "swapped") return
    const { rows, patron } = this.state
    const others = rows.filter((row) => stands(row) && row !== card).reverse()
    this.#withdraw(rows, reason)
    this.#patron(card.item)
    this.#item(patron.code, patron.since)
    for (const row of others) this.#item(row.item, row.made)
    this.#keep()
  }

  // What the server answered: {line, answer}, the answer being {id, state, warning, reason} with
  // the state `kept`, `repeated` (an earlier loan stands for it) or `refused`.
  settled(results) {
    for (const { line, answer } of results) {
      if (line.kind === "void") this.#voided(line, answer)
      else this.tell({ code: line.item, ...this.rows.settle(line, answer) })
    }
    this.#keep()
  }

  recall(ids, records) {
    this.rows.recall(ids, new Map(records.map((one) => [one.line.id, one])))
    this.#keep()
  }

  // Somebody took this back in the log.
  strike(id) {
    this.rows.strike(id)
    this.#keep()
  }

  // A card after a slip of the scanner replaces it; whatever else comes now is an item.
  #afterPatron(code) {
    const { patron, rows } = this.state
    const slipped = SLIPS.has(patron.warning) && !patron.overridden && !rows.length
    if (slipped && this.guard.look(code, "patron").kind === "card") this.#patron(code)
    else this.#item(code, this.stamp())
  }

  #patron(code) {
    const seen = this.guard.look(code, "patron")
    const { text, kind, form, warning } = seen
    const read = this.#readAs(code, seen)
    const since = this.stamp()
    Object.assign(this.state, { mode: "lend", rows: [], notice: null })
    this.state.patron = { code: text, since, kind, name: form, warning, read, overridden: false }
    this.rows.remember({ what: "patron", code: text, made: since, warning })
    const key = warning ?? read
    this.tell({ what: key ? "warning" : "patron", code: text, key })
  }

  #item(code, made) {
    const seen = this.guard.look(code, "item")
    const row = { id: uuid(), made, item: seen.text, ...this.#doubtOf(seen), read: this.#readAs(code, seen) }
    Object.assign(row, { kind: "loan", patron: this.state.patron.code })
    const first = this.rows.first(row, this.doubleRead)
    Object.assign(row, { number: this.state.rows.length + 1, state: first ? "repeated" : "writing", repeats: first?.id ?? null })
    row.open &&= !first
    this.state.notice = null
    this.rows.add(row)
    this.#lend(row)
  }

  // The doubt about an item, and whether it is one of its own: the user's was asked already.
  #doubtOf(seen) {
    const { patron } = this.state
    const pair = this.guard.pairDoubt({ ...patron, text: patron.code }, seen)
    const warning = pair === "swapped" && patron.overridden ? "looks_like_patron" : pair
    const users = warning !== null && warning === patron.warning && warning !== seen.warning
    return { warning, open: warning !== null && !users, overridden: users && patron.overridden }
  }

  // How a scan was read that did not arrive as it was meant; null when there is nothing to say.
  #readAs(code, { repaired }) {
    return repaired === "keyboard" ? `keyboard_${this.guard.keyboard(code)}` : null
  }

  // Called taken only once it is on this workstation's disk.
  async #lend({ id, made, patron, item, overridden, open, warning, read, number, state }) {
    const loan = { kind: "loan", id, patron, item, ...(overridden ? { overridden } : {}) }
    const kept = await this.#send(loan, made)
    this.rows.wrote(id, kept)
    this.#keep()
    const doubtful = open || read || state === "repeated"
    const what = kept ? (doubtful ? "warning" : "here") : "unkept"
    const key = state === "repeated" ? state : warning ?? read
    this.tell({ what, code: item, key: kept ? key : "unkept", number })
  }

  // The same loan once more, with a person's word that it is right; the first is taken back.
  #anew(row, reason) {
    const fresh = { ...row, id: uuid(), state: "writing", open: false, overridden: true, doubtful: false, answered: false }
    this.rows.replace(row, fresh)
    this.#sendVoid(row.id, reason)
    this.#lend(fresh)
  }

  // Newest first, so that no second read of a label comes to stand in between.
  #withdraw(rows, reason) {
    for (const row of rows.filter(counts)) this.#void(row, reason)
  }

  #refuse(code, reason) {
    this.state.notice = { key: reason, code }
    this.rows.remember({ what: "refused", code, made: this.stamp(), reason })
    this.tell({ what: "refused", code, key: reason })
  }

  #void(row, reason) {
    this.rows.strike(row.id)
    this.#sendVoid(row.id, reason)
    this.tell({ what: "void", code: row.item })
  }

  #sendVoid(id, reason) {
    this.#send({ kind: "void", id: uuid(), loan: id, reason }, this.stamp())
  }

  #send(transaction, made) {
    return this.outbox.add({ ...transaction, desk: this.desk(), workstation: this.workstation }, made)
  }

  #voided(line, answer) {
    if (answer.state !== "refused") return
    this.rows.restore(line.loan)
    this.state.notice = { key: answer.reason, code: "" }
    this.tell({ what: "refused", code: "", key: answer.reason })
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
