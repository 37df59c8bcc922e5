// Turns scans into transactions, stores them on this workstation, and sends them to the server.
// Each row shows the state of its transaction.
import { loanId } from "relais/completed_loan_id.js"
import { ScanRows, counts, isUnsettled } from "relais/scan_rows.js"
import { MESSAGES } from "relais/transaction_kinds.js"
import { moot } from "relais/transaction_store.js"
import { uuid } from "relais/uuid.js"

export class TransactionRecorder {
  // `state` holds the rows and the held scans. `workstation` is the workstation's name. `moved()`
  // is called when a row changes some time after its scan. `asks()` returns whether staff must
  // confirm that they want to lend here. Until they confirm, new scans are held. This does not
  // apply to loans entered from paper, or to transactions about earlier scans. `waits()` returns
  // whether the scans held for this confirmation must stay held. For the other parameters, see
  // scan_session.js.
  constructor({ state, outbox, stamp, desk, asks, waits, workstation, nobody, tell, moved }) {
    Object.assign(this, { state, outbox, stamp, desk, asks, waits, workstation, nobody, tell, moved, rows: new ScanRows(state) })
    this.releasing = new WeakSet()
  }

  // The number of scans held until a desk is chosen, or until staff decide whether to lend here.
  get held() {
    const lines = this.state.held.filter((scan) => !this.releasing.has(scan)).map(({ transaction }) => transaction)
    const voids = new Set(lines.map((line) => (line.kind === "void" ? line.loan : "")))
    return lines.filter(({ kind, id }) => kind !== "void" && !voids.has(id)).length
  }

  // Record the held scans in order, except those that must stay held.
  release() {
    if (!this.desk()) return
    const waits = this.waits()
    for (const scan of this.state.held.filter((held) => !this.releasing.has(held) && (held.free || !waits))) {
      this.#record(scan).then((kept) => {
        if (!kept) this.tell({ what: "unkept", code: scan.transaction.item ?? "", key: "unkept" })
      })
    }
  }

  // Drop the scans held for a decision, because their items were lent in Alma.
  forgo() {
    const { held } = this.state
    const struck = held.filter((scan) => !scan.free && !this.releasing.has(scan))
    for (const { transaction } of struck) this.rows.strike(transaction.id)
    this.state.held = held.filter((scan) => !struck.includes(scan))
  }

  // Record a scan. It is reported as recorded only once it is on this workstation's disk.
  async take(row) {
    const { id, kind, made, item, number } = row
    const message = { kind, id, ...MESSAGES[kind](row), ...(row.late ? { late: true } : {}) }
    const sent = this.#send(message, made, row.late || row.again)
    if (!sent) return this.#hold(row)
    const kept = await sent
    const { open, read, news } = row // a list may have flagged something in the meantime
    const doubtful = open || read || row.repeats || (news?.length && !row.overridden)
    const what = kept ? (doubtful ? "warning" : "here") : "unkept"
    const key = row.repeats ? "repeated" : row.warning ?? read ?? news?.[0]?.reason
    this.tell({ what, code: item, key: kept ? key : "unkept", number })
  }

  // Confirm a scan that staff say is right. A recorded loan cannot be changed, so the loan is made
  // again with the confirmation, and the first loan is voided.
  confirm(row, reason) {
    if (row.kind !== "loan") {
      for (const listed of this.rows.all(row.id)) Object.assign(listed, { open: false, overridden: true })
      return
    }
    // Void the loan's repeats too: otherwise, a repeat would take the place of the voided loan.
    this.withdraw(this.rows.repeatsOf(row.id), reason)
    const again = row.state !== "held"
    const fresh = { ...row, id: uuid(), state: "writing", again, open: false, overridden: true, doubtful: false, answered: false }
    this.rows.replace(row, fresh)
    this.#takeBack(row.id, reason)
    this.take(fresh)
  }

  void(row, reason) {
    const isRecorded = !isUnsettled(row)
    this.rows.strike(row.id)
    if (isRecorded) this.#voidRecorded(row, reason)
    this.tell({ what: "void", code: row.item })
  }

  #voidRecorded(row, reason) {
    // A colleague may have completed the pending loan for another patron: do not void that loan.
    this.#takeBack(row.loan ?? row.id, reason, row.kind === "complete" ? { patron: row.patron } : {})
    // The card was wrong but the item has left the library, so the loan becomes pending again,
    // unless the server has a completion for another patron. The message contains both the loan and
    // the card, because together they identify the completion.
    if (row.kind === "complete") {
      const { item, turn, loan, patron, note = this.nobody(row.made) } = row
      this.#send({ kind: "waiting", id: uuid(), item, note, turn, loan, patron }, row.made, true)
    }
  }

  // Void these rows. The newest row must come first: otherwise, the second read of a label would
  // take the place of the voided first read.
  withdraw(rows, reason) {
    for (const row of rows.filter(counts)) this.void(row, reason)
  }

  // Complete a pending loan with the patron's card. `waiting` is the pending loan: {id, made, item,
  // note, turn}.
  async complete(waiting, patron, overridden) {
    const row = { ...waiting, id: uuid(), loan: loanId(waiting.id), kind: "complete", patron, overridden, state: "writing" }
    for (const row of this.rows.all(waiting.id)) row.state = "completed"
    this.rows.remember({ ...row, what: "row", code: row.item })
    const message = { kind: "complete", id: row.id, waiting: waiting.id, patron, ...(overridden ? { overridden } : {}) }
    const sent = this.#send(message, this.stamp(), true)
    if (!sent) return this.#hold(row)
    const kept = await sent
    this.tell({ what: kept ? "here" : "unkept", code: row.item, key: kept ? null : "unkept" })
  }

  // Apply the server's answers. Return the reason to show for a refused void, or null if no void
  // was refused.
  settled(results) {
    let refused = null
    for (const { line, answer } of results) {
      if (moot(line, answer)) continue // its void was refused too, and that answer gives the reason
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
    this.#send({ kind: "void", id: uuid(), loan, reason, ...whose }, this.stamp(), true)
  }

  // Send a transaction, or hold it and return null. Every transaction is held until a desk is
  // chosen. If `asks()` is true, a new transaction is held until staff decide whether to lend here.
  // `known` means that the transaction is not new: it was entered from paper, or it concerns
  // something that has already been recorded.
  #send(transaction, made, known = false) {
    const free = known && !this.#followsHeld(transaction)
    if (!this.desk() || (this.asks() && !free)) {
      this.state.held.push({ transaction, made, free })
      return null
    }
    this.release()
    const scan = { transaction, made, free: true }
    this.state.held.push(scan)
    return this.#record(scan)
  }

  // Keep the scan in `held` until it is written, so that a reload in the meantime does not lose the
  // scan. A scan that is written twice still counts as one transaction, because its id is the same.
  async #record(scan) {
    this.releasing.add(scan)
    const kept = await this.#add(scan.transaction, scan.made)
    this.state.held.splice(this.state.held.indexOf(scan), 1)
    this.rows.wrote(scan.transaction.id, kept)
    this.moved()
    return kept
  }

  // Whether the transaction refers to a transaction that is held for a decision. If so, it must be
  // recorded after the held transaction.
  #followsHeld({ loan, waiting }) {
    const names = ({ id, waiting: of }) => [id, of && loanId(of)]
    const asked = this.state.held.filter((scan) => !scan.free).map(({ transaction }) => transaction)
    return asked.some((transaction) => (loan && names(transaction).includes(loan)) || (waiting && transaction.id === waiting))
  }

  #hold({ id, item }) {
    this.rows.hold(id)
    const what = this.desk() ? "asked" : "held"
    this.tell({ what, code: item, key: what })
  }

  #add(transaction, made) {
    return this.outbox.add({ ...transaction, desk: this.desk(), workstation: this.workstation }, made)
  }
}
