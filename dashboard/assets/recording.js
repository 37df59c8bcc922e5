// What is scanned becomes transactions: kept here, sent, answered; and each row says how far it is.
import { loanId } from "relais/loan_id.js"
import { ScanRows, counts } from "relais/scan_rows.js"
import { TOLD } from "relais/scan_kinds.js"
import { moot, uuid } from "relais/transaction.js"

export class Recording {
  // `state` holds the rows; see scanning.js for the others. `moved()` is told when a row changed
  // after its scan.
  constructor({ state, outbox, stamp, desk, workstation, nobody, tell, moved }) {
    Object.assign(this, { state, outbox, stamp, desk, workstation, nobody, tell, moved, rows: new ScanRows(state) })
    this.releasing = new WeakSet()
  }

  // How many scans are held until a desk is chosen.
  get held() {
    const lines = this.state.held.filter((one) => !this.releasing.has(one)).map((one) => one.transaction)
    const voids = new Set(lines.map((one) => (one.kind === "void" ? one.loan : "")))
    return lines.filter(({ kind, id }) => kind !== "void" && !voids.has(id)).length
  }

  // Record what was held, in its order, once a desk is chosen. It is held until it is written, so
  // that a reload in between loses nothing: by its id it is one transaction all the same.
  release() {
    if (!this.desk()) return
    for (const one of this.state.held.filter((held) => !this.releasing.has(held))) {
      this.releasing.add(one)
      const { transaction, made } = one
      this.#add(transaction, made).then((kept) => {
        this.state.held.splice(this.state.held.indexOf(one), 1)
        this.rows.wrote(transaction.id, kept)
        this.moved()
        if (!kept) this.tell({ what: "unkept", code: transaction.item ?? "", key: "unkept" })
      })
    }
  }

  // Called taken only once it is on this workstation's disk.
  async take(row) {
    const { id, kind, made, item, open, read, number, state } = row
    const sent = this.#send({ kind, id, ...TOLD[kind](row), ...(row.late ? { late: true } : {}) }, made)
    if (!sent) return this.#hold(row)
    const kept = await sent
    this.rows.wrote(id, kept)
    this.moved()
    const doubtful = open || read || state === "repeated"
    const what = kept ? (doubtful ? "warning" : "here") : "unkept"
    const key = state === "repeated" ? state : row.warning ?? read
    this.tell({ what, code: item, key: kept ? key : "unkept", number })
  }

  // A person says that it is right. A loan is made once more with that word, and the first taken
  // back: what was taken cannot be changed.
  confirm(row, reason) {
    if (row.kind !== "loan") {
      for (const one of this.rows.all(row.id)) Object.assign(one, { open: false, overridden: true })
      return
    }
    this.withdraw(this.rows.repeatsOf(row.id), reason) // else one of them would stand in its place
    const fresh = { ...row, id: uuid(), state: "writing", open: false, overridden: true, doubtful: false, answered: false }
    this.rows.replace(row, fresh)
    this.#takeBack(row.id, reason)
    this.take(fresh)
  }

  void(row, reason) {
    this.rows.strike(row.id)
    // A colleague may have completed it for another user: that loan is not this one.
    this.#takeBack(row.loan ?? row.id, reason, row.kind === "complete" ? { patron: row.patron } : {})
    // The card was the wrong one: the item is away all the same, and waits again. Not so where the
    // server knows that completion for another's: the loan and the card tell it which one is meant.
    if (row.kind === "complete") {
      const { item, turn, loan, patron, note = this.nobody(row.made) } = row
      this.#send({ kind: "waiting", id: uuid(), item, note, turn, loan, patron }, row.made)
    }
    this.tell({ what: "void", code: row.item })
  }

  // Newest first, so that no second read of a label comes to stand in between.
  withdraw(rows, reason) {
    for (const row of rows.filter(counts)) this.void(row, reason)
  }

  // The card of somebody whose loan waited: {id, made, item, note, turn}.
  async complete(waiting, patron, overridden) {
    const row = { ...waiting, id: uuid(), loan: loanId(waiting.id), kind: "complete", patron, overridden, state: "writing" }
    for (const one of this.rows.all(waiting.id)) one.state = "completed"
    this.rows.remember({ ...row, what: "row", code: row.item })
    const told = { kind: "complete", id: row.id, waiting: waiting.id, patron, ...(overridden ? { overridden } : {}) }
    const sent = this.#send(told, this.stamp())
    if (!sent) return this.#hold(row)
    const kept = await sent
    this.rows.wrote(row.id, kept)
    this.moved()
    this.tell({ what: kept ? "here" : "unkept", code: row.item, key: kept ? null : "unkept" })
  }

  // What the server answered; gives the reason of a refused taking back, which stands for itself.
  settled(results) {
    let refused = null
    for (const { line, answer } of results) {
      if (moot(line, answer)) continue // the void before it was refused too, and says why
      if (line.kind !== "void") this.tell({ code: line.item ?? "", ...this.rows.settle(line, answer) })
      else if (answer.state === "refused") {
        this.rows.restore(line.loan)
        refused = answer.reason
        this.tell({ what: "refused", code: "", key: refused })
      }
    }
    return refused
  }

  #takeBack(loan, reason, whose = {}) {
    this.#send({ kind: "void", id: uuid(), loan, reason, ...whose }, this.stamp())
  }

  // Null where it is held: a transaction belongs to a desk.
  #send(transaction, made) {
    if (!this.desk()) {
      this.state.held.push({ transaction, made })
      return null
    }
    this.release()
    return this.#add(transaction, made)
  }

  #hold({ id, item }) {
    this.rows.hold(id)
    this.tell({ what: "held", code: item, key: "held" })
  }

  #add(transaction, made) {
    return this.outbox.add({ ...transaction, desk: this.desk(), workstation: this.workstation }, made)
  }
}
