// The outbox: this workstation's transactions that the server has not acknowledged. In this module,
// they are called lines. The lines are sent in order, and resent under the same ids until the
// server acknowledges them. transaction_store.js keeps the lines in the browser's database, across
// pages and restarts.
import { RequestFailed } from "relais/api_client.js"
import { OutboxLines, bySequence } from "relais/outbox_lines.js"
import { NONE, inOrder, later, stampOf } from "relais/transaction_times.js"

const BATCH = 100
const LARGEST = 150_000 // characters in a message; the server accepts 512 kB
const LONGEST = 1000 // characters in any field; the server refuses codes longer than 255
const FIRST_WAIT = 1000
const LONGEST_WAIT = 15_000
const LOOK_EVERY = 1000 // ms between checks of the database while this page is sending

// Events; "added" and "settled" also report the actions of other tabs:
//
//   changed    `size`, `trouble` or `kept` may have changed
//   added      these lines are new, or their times were corrected (detail: [line])
//   settled    the server has answered these lines, or has reported how these pending loans ended
//              (detail: [{line, answer}])
//   forgotten  old lines were deleted from the store
//   ended      somebody signed out in another tab
export class Outbox extends EventTarget {
  // `courier` sends lines to the server (an `ApiClient`), `turn` lets one tab send at a time (a
  // `SendLock`), and `channel` connects the tabs.
  constructor({ store, courier, clock, turn, channel }) {
    super()
    Object.assign(this, { store, courier, clock, turn, channel })
    this.lines = new OutboxLines()
    this.floor = NONE // the times of the newest acknowledged line; see transaction_times.js
    this.counted = false // whether the database has been read; until then, lines from earlier pages are unknown
    this.writing = null
    this.trouble = null // why the last attempt to send failed, or null
    this.cleared = false // whether the database has lost lines since this page was opened
    this.last = 0
    this.wait = FIRST_WAIT
    this.timer = null
    this.sending = null
    this.looking = null
    this.looked = -Infinity
    channel.onmessage = ({ data }) => this.#heard(data)
  }

  // The number of unacknowledged lines, including any that the database has lost.
  get size() {
    return this.lines.size
  }

  get kept() {
    return !this.lines.count("unstored")
  }

  // Whether some lines are only in this page's memory and would be lost with the page.
  get fleeting() {
    return Boolean(this.lines.count("unstored") + this.lines.count("added"))
  }

  // Store a transaction. It is sent whether or not it could be stored. The promise resolves to true
  // once the transaction is on this workstation's disk, or to false if only this page has it.
  // `made` is the time at which the line was made, in ms on the workstation's clock.
  add(line, made = this.clock.stamp()) {
    return new Promise((kept) => {
      const whole = { ...line, ...this.#times(line.late ? made : this.clock.placed(made), line.late) }
      this.lines.add(whole, made, kept)
      this.tell("added", [whole])
      this.writing ??= this.#write()
    })
  }

  // Send the lines. If they are already being sent, send again afterwards.
  send() {
    clearTimeout(this.timer)
    this.timer = null
    this.again = Boolean(this.sending)
    this.sending ??= this.#sendAll().finally(() => {
      this.sending = null
      if (this.again) this.send()
    })
    return this.sending
  }

  // Check whether the database has the same lines as this page. This is done when the page opens,
  // after a change in another tab, and whenever the browser's data may have been cleared.
  look() {
    this.looking ??= this.#look().finally(() => { this.looking = null })
    return this.looking
  }

  // Like `look`, but at most once a second: while a scanner is typing, the database's answers queue
  // up behind the keystrokes.
  async #lookAgain() {
    if (performance.now() - this.looked > LOOK_EVERY) await this.look()
    else this.tell("changed")
  }

  async #look() {
    this.looked = performance.now()
    if (!this.counted) await this.#begin().catch(() => {})
    const kept = await this.store.count().catch(() => null)
    const [most, writing] = [this.size - this.lines.count("unstored"), this.lines.count("added")]
    const differs = !this.counted || !this.kept || kept > most || kept < most - writing
    if (kept !== null && differs) await this.#compare().catch(() => {})
    this.counted = true
    this.tell("changed")
  }

  // Continue where an earlier page left off.
  async #begin() {
    this.floor = (await this.store.floor()) ?? NONE
    const unsent = await this.store.unsent()
    this.clock.carry(unsent.reduce(newest, this.floor.stamp))
  }

  // Compare this page's memory with the database. Take over lines from other tabs, and write lost
  // lines again, in order.
  async #compare() {
    const unsent = await this.store.unsent()
    this.#remember(unsent)
    const there = new Set(unsent.map((line) => line.id))
    const absent = [...this.lines.in("stored"), ...this.lines.in("unstored")].filter(({ id }) => !there.has(id))
    const records = await this.store.find(absent.map((line) => line.id))
    for (const { line, waiting } of records) {
      if (waiting) this.lines.store(line)
      else this.lines.acknowledge(line.id) // another tab has stored the answer
    }
    const found = new Set(records.map((record) => record.line.id))
    for (const line of absent) if (!found.has(line.id) && this.lines.has(line.id, "stored")) this.#lose(line)
    await this.#keepAgain()
  }

  #lose(line) {
    this.cleared = true
    this.lines.unstore(this.lines.current(line))
  }

  async #keepAgain() {
    const lines = this.lines.in("unstored")
    if (!lines.length) return
    await this.#store(lines)
    this.#announce(lines.map((line) => this.lines.current(line)))
  }

  #remember(lines) {
    this.clock.carry(lines.reduce(newest, -Infinity))
    for (const line of lines) {
      this.last = Math.max(this.last, line.sequence ?? 0)
      this.lines.store(line)
    }
  }

  async #store(lines) {
    const last = await this.store.add(lines, this.last)
    this.#remember(lines.map((line, place) => ({ sequence: last - lines.length + 1 + place, ...line })))
  }

  #announce(lines) {
    this.channel.postMessage({ added: lines })
  }

  // Return all transactions that are still on this workstation, in order, as {line, answer}.
  // Unacknowledged lines have no answer.
  async records() {
    const kept = await this.store.all().catch(() => [])
    const unstored = this.lines.in("unstored").map((line) => ({ line }))
    const open = [...kept, ...unstored].filter((record) => !record.answer).map((record) => record.line)
    const placed = new Map(inOrder(open, this.floor, this.clock.skew).map((line) => [line.id, line]))
    return [...kept, ...unstored].map(({ line, answer }) => ({ line: placed.get(line.id) ?? line, answer }))
  }

  // Return the line, with its time corrected if the clock's skew was unknown when the line was
  // made.
  corrected(line) {
    return inOrder([line], NONE, this.clock.skew)[0]
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }))
  }

  // Write all new lines together: writing ten lines to the disk takes no longer than writing one.
  async #write() {
    await null // so the lines of one action are written together, all or none
    if (!this.counted) await this.look()
    this.#placeEarly()
    let batch = this.lines.entries("added")
    while (batch.length) {
      const lines = batch.map((entry) => entry.line)
      const kept = await this.#keep(lines)
      for (const entry of batch) entry.kept(kept)
      this.tell("changed")
      this.#announce(kept ? lines.map((line) => this.lines.current(line)) : lines)
      if (this.timer === null) this.send() // otherwise the next attempt includes these lines
      batch = this.lines.entries("added")
    }
    this.writing = null // reset at once, so lines added later start another write
  }

  // Correct the times of lines that were made before the database was read.
  #placeEarly() {
    for (const { line, made } of this.lines.entries("added")) {
      const placed = this.clock.placed(made)
      if (placed === made || line.late) continue
      const corrected = { ...line, ...this.#times(placed) }
      this.lines.correct(corrected)
      this.tell("added", [corrected])
    }
  }

  async #keep(lines) {
    try {
      await this.#store(lines)
      return true
    } catch {
      for (const line of lines) this.lines.unstore({ ...line, sequence: this.last += 1 })
      return false
    }
  }

  // Return the fields for a line's time: the corrected time, and the time on the workstation's own
  // clock. A time copied from paper did not come from a clock, so it has no skew.
  #times(made, late) {
    const [skew, carried] = [this.clock.skewAt(made), this.clock.carried]
    const at = new Date(made).toISOString()
    if (late) return { at, made_at: at, skew_s: null }
    const skew_s = skew === null ? null : (skew + carried) / 1000
    const gap = carried ? { held_s: carried / 1000 } : {}
    return { at, made_at: new Date(made - carried).toISOString(), skew_s, ...gap }
  }

  async #sendAll() {
    try {
      await this.#lookAgain()
      await this.turn.take(async () => { while (await this.#sendSome()) await this.turn.renew() })
      this.#mended()
      // After a reload, the worker of the previous page may still be storing answers.
      if (!this.again && this.size > this.lines.count("added")) await this.look()
    } catch (fault) {
      this.#failed(fault)
    }
  }

  async #sendSome() {
    const batch = await this.#batch()
    if (!batch.length && this.lines.count("answered")) throw new RequestFailed("browser")
    if (!batch.length) return false
    if (!this.clock.sure) await this.courier.measure()
    const lines = await this.#placed(batch)
    const answers = await this.courier.send(lines)
    const settled = await this.#settle(lines, answers)
    if (settled) this.#mended()
    // The server answered but could not write anything, for example because its disk is full.
    if (!settled) throw new RequestFailed(answers.find((answer) => answer.reason)?.reason === "unwritable" ? "full" : "server")
    return true
  }

  // Return the lines with their final times. A line made while the clock's skew was unknown gets
  // its final time now, so that later attempts send the same time even if the skew has changed.
  async #placed(batch) {
    const now = this.clock.stamp() + this.clock.skew
    const floor = { ...this.floor, at: Math.min(this.floor.at, now) } // in case the server's clock was set back
    const lines = inOrder(batch, floor, this.clock.skew)
    const fresh = lines.filter((line, place) => !line.late && typeof batch[place].skew_s !== "number")
    if (fresh.length) await this.store.place(fresh).catch(() => {})
    for (const line of fresh) this.lines.correct(line)
    return lines
  }

  // Return the next lines to send. Lines are sent even if the database cannot store the answers to
  // earlier lines; those answers are stored later.
  async #batch() {
    if (this.lines.count("answered")) {
      await this.#note()
      this.channel.postMessage({})
      await this.look()
    }
    const answered = this.lines.count("answered")
    const unsent = await this.store.unsent(BATCH + answered).catch(() => [])
    const open = [...unsent.filter(({ id }) => !this.lines.has(id, "answered")), ...this.lines.in("unstored")]
    return fitting(open.sort(bySequence).slice(0, BATCH).map(shortened))
  }

  async #settle(lines, answers) {
    // If the server could not read a line's id, the answer's id is null. The answer then belongs to
    // the line at the same position.
    const byId = answers.map((answer, place) => [answer.id ?? lines[place]?.id, answer])
    const given = new Map(byId.filter(([, answer]) => answer.state !== "waiting"))
    const settled = lines.filter((line) => given.has(line.id)).map((line) => ({ line, answer: given.get(line.id) }))
    if (!settled.length) return false
    for (const { line, answer } of settled) {
      // A line that is not in the database may still belong to a pending loan whose note is there.
      const mustBeNoted = !this.lines.has(line.id, "unstored") || line.waiting || line.loan
      if (mustBeNoted) this.lines.answer(line, answer)
      else this.lines.acknowledge(line.id)
    }
    for (const { line } of settled) this.floor = later(this.floor, line)
    this.tell("settled", settled)
    await this.#note()
    this.channel.postMessage({ settled })
    await this.#lookAgain()
    return true
  }

  async #note() {
    const answered = this.lines.entries("answered")
    if (!answered.length) return
    const settled = answered.map(({ line, answer }) => ({ line, answer }))
    await this.store.settle(settled, this.floor).then(() => {
      for (const { line } of settled) this.lines.acknowledge(line.id)
    }, () => {})
  }

  #mended() {
    this.wait = FIRST_WAIT
    if (this.trouble === null) return
    this.trouble = null
    this.tell("changed")
  }

  #failed(fault) {
    this.trouble = fault instanceof RequestFailed ? fault.key : "server"
    this.tell("changed")
    this.timer = setTimeout(() => this.send(), this.wait * (0.8 + 0.4 * Math.random()))
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT)
  }

  #heard({ added, settled, ended }) {
    this.#remember(added ?? [])
    for (const { line } of settled ?? []) {
      this.lines.acknowledge(line.id)
      this.floor = later(this.floor, line)
    }
    if (added) this.tell("added", added)
    if (settled) this.tell("settled", settled)
    if (ended) this.tell("ended")
    this.look()
  }
}

// Return the first lines: as many as fit into a message, but at least one. A message that is too
// large would be refused as a whole and resent for ever.
function fitting(lines) {
  let length = 0
  return lines.filter((line, place) => {
    length += JSON.stringify(line).length
    return !place || length <= LARGEST
  })
}

// Cut long fields: long text pasted into the scan box is not a code anyway.
function shortened(line) {
  const cut = Object.entries(line).map(([name, value]) => [name, typeof value === "string" ? value.slice(0, LONGEST) : value])
  return Object.fromEntries(cut)
}

function newest(stamp, line) {
  return line.late ? stamp : Math.max(stamp, stampOf(line))
}
