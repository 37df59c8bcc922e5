// Today's loans, pending loans and returns at this workstation. A row combines a transaction
// with its void or completion, and says whether the transaction is a second read of a label.
import { stampOf } from "relais/transaction_times.js"
import { loanId } from "relais/completed_loan_id.js"
import { moot } from "relais/transaction_store.js"

const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: document.documentElement.dataset.zone })
// Reasons for refusing a request that has already been fulfilled.
const SO_ALREADY = new Set(["loan_void", "waiting_settled"])
// Reasons for refusing to complete a pending loan that has already been completed or voided.
const GONE = new Set(["waiting_settled", "completed_elsewhere"])

export class TodaysTransactions {
  // For `doubleRead`, see scan_session.js. A row is {id, kind, at, made, day, item, patron, note,
  // turn, cart, told, line, answer, void, repeated, gone}. Its `kind` is "loan", "waiting" or
  // "return". A completed pending loan has the kind "loan".
  constructor({ outbox, clock }, doubleRead) {
    Object.assign(this, { outbox, clock, doubleRead, records: new Map(), folded: null, loading: new Set() })
    this.listeners = {
      added: ({ detail }) => this.#hear(detail.map((line) => ({ line }))),
      settled: ({ detail }) => this.#hear(detail),
      forgotten: () => this.load(),
      ended: () => this.#leave(),
    }
    for (const [name, listener] of Object.entries(this.listeners)) outbox.addEventListener(name, listener)
    this.loaded = this.load()
  }

  close() {
    for (const [name, listener] of Object.entries(this.listeners)) this.outbox.removeEventListener(name, listener)
  }

  async load() {
    const heard = [] // lines that arrive while the store is being read: they are newer
    this.loading.add(heard)
    const found = await this.outbox.records()
    this.loading.delete(heard)
    // Keep today's transactions and those without an answer, even if the browser's data has been
    // cleared.
    const today = this.#today()
    const underway = [...this.records.values()].filter((record) => !record.answer || record.day === today)
    this.records = new Map()
    this.#learn([...underway, ...found, ...heard])
    this.records = new Map([...this.records].sort(([, a], [, b]) => place(a) - place(b)))
    this.outbox.tell("changed")
  }

  // Return today's rows, the pending loans, and the rows that the server has not answered, oldest
  // first.
  rows() {
    // Use the server's time once it is known: around midnight, a clock that is wrong by minutes
    // would put rows on another day.
    const today = this.#today()
    return this.#fold().filter((row) => row.day === today || !row.answer || this.#waits(row))
  }

  standing(kind = "loan") {
    return this.rows().filter((row) => row.kind === kind && stands(row))
  }

  // Return the pending loans, keyed by the turn in which they were made. Loans made by an older
  // version of the page have no turn and are keyed by their note.
  pending() {
    const found = new Map()
    for (const row of this.#fold().filter((row) => this.#waits(row))) {
      const turn = String(row.turn ?? row.note)
      found.set(turn, [...(found.get(turn) ?? []), row])
    }
    return found
  }

  // Return today's valid loans to a patron.
  of(patron) {
    return this.standing().filter((row) => row.patron === patron)
  }

  // Return the valid loans and returns of an item in chronological order.
  events(item) {
    const found = this.rows().filter((row) => row.item === item && stands(row) && row.kind !== "waiting")
    return found.sort((match, other) => match.made - other.made)
  }

  // Return the event that put an item on the cart, or null if the item is not on the cart.
  onCart(item) {
    const last = this.events(item).at(-1)
    return last?.kind === "return" ? last : null
  }

  // Hide the rows that the server has recorded: somebody has signed out at this workstation.
  #leave() {
    this.records = new Map([...this.records].filter(([, { answer }]) => !answer || answer.state === "refused"))
    this.folded = null
    this.outbox.tell("changed")
  }

  // The number of lines from earlier days that are not yet on the server or in a file.
  get unsentOfEarlierDays() {
    const today = this.#today()
    return [...this.records.values()].filter(({ day, answer }) => !answer && day !== today).length
  }

  // Whether a time on this workstation's clock (ms) falls on today's date.
  isToday(made) {
    return DAY.format(made + (this.clock.skew ?? 0)) === this.#today()
  }

  #today() {
    return DAY.format(this.clock.stamp() + (this.clock.skew ?? 0))
  }

  #waits(row) {
    return row.kind === "waiting" && stands(row) && !row.gone && !row.answer?.ended
  }

  #hear(lines) {
    for (const heard of this.loading) heard.push(...lines)
    this.#learn(lines)
  }

  #learn(found) {
    for (const { line, answer } of found) {
      const day = DAY.format(new Date(line.at))
      this.records.set(line.id, { line, answer, day, made: stampOf(line) })
    }
    this.folded = null
  }

  #fold() {
    return (this.folded ??= this.#folded())
  }

  #folded() {
    const records = [...this.records.values()].filter(({ line, answer }) => line.kind === "loan" || agreed(answer))
    const voids = new Map(records.filter(({ line }) => line.kind === "void").map(({ line }) => [line.loan, line]))
    const cards = new Map(records.filter(({ line }) => line.kind === "complete").map((record) => [record.line.waiting, record]))
    const rows = records
      .filter(({ line, answer }) => line.kind !== "void" && line.kind !== "complete" && !moot(line, answer))
      .map((record) => this.#row(record, cards.get(record.line.id)))
    for (const row of rows) row.void = voids.get(row.id) ?? voids.get(row.line.id) ?? null
    this.#twice(rows)
    return rows
  }

  #row({ line, answer, day, made }, card) {
    const { id, kind, at, item, patron, note, turn, cart } = line
    const told = answer?.told ?? line.told
    const row = { id, kind, at, made, day, item, patron, note, turn, cart, told, line, answer }
    if (!card) return row
    // Somebody else completed or voided the pending loan; only the server's log has the details.
    if (GONE.has(card.answer?.reason)) return { ...row, gone: true }
    if (card.answer?.state === "refused") return row
    return { ...row, id: loanId(line.id), kind: "loan", patron: card.line.patron, told: card.answer?.told ?? told, answer: card.answer }
  }

  // Mark second reads of a label. If the first read is voided, the second read becomes the loan, as
  // on the server. If the item was returned in between, the second scan is a new loan.
  #twice(rows) {
    const last = new Map()
    for (const row of rows.filter((row) => row.kind !== "waiting" && stands(row))) {
      const before = last.get(row.item)
      row.repeated = row.kind === "loan" && before?.patron === row.patron && Math.abs(row.made - before.made) < this.doubleRead
      if (!row.repeated) last.set(row.item, row)
    }
  }
}

// Return a record's position in the order of this workstation's transactions. Lines without a
// sequence number are the newest.
function place({ line }) {
  return line.sequence ?? Number.MAX_SAFE_INTEGER
}

export function stands(row) {
  return !row.void && !row.repeated && row.answer?.state !== "refused" && row.answer?.ended !== "void"
}

function agreed(answer) {
  return answer?.state !== "refused" || SO_ALREADY.has(answer.reason)
}
