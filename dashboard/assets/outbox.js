// What was done here and is not yet known to be on the server: kept on this workstation, sent in
// order, sent again with the same id until the server has acknowledged that id.
import { Trouble } from "relais/courier.js"

const BATCH = 100
const FIRST_WAIT = 1000
const LONGEST_WAIT = 15_000

// Events: "changed" (size, trouble, safe), "added" (detail: [line]), "settled" (detail: [{line,
// answer}]), both also for what another tab did; "forgotten", when old ones left the store.
export class Outbox extends EventTarget {
  constructor({ store, courier, clock, turn, channel }) {
    super()
    Object.assign(this, { store, courier, clock, turn, channel })
    this.memory = new Map() // by id, everything here that the server has not acknowledged
    this.acknowledged = new Set() // the ids that left it
    this.counted = false // until the database was asked, nobody knows what an earlier page left
    this.adding = [] // on their way to the disk
    this.writing = null
    this.trouble = null // why the last sending failed, null when it did not
    this.unkept = [] // what the database did not take, or has lost: in this page's memory alone
    this.cleared = false // the database has lost something since this page was opened
    this.unnoted = new Map() // by id what the server answered and the database could not write down
    this.last = 0
    this.wait = FIRST_WAIT
    this.timer = null
    this.sending = null
    this.looking = null
    channel.onmessage = ({ data }) => this.#heard(data)
  }

  // How many are not acknowledged, whether or not the database still has them.
  get size() {
    return this.memory.size
  }

  get kept() {
    return !this.unkept.length
  }

  // Something is in this page's memory alone, and would go with the page.
  get fleeting() {
    return Boolean(this.unkept.length + this.adding.length)
  }

  // Keep a transaction; true once it is on this workstation's disk, false when only this page
  // has it. Either way it goes to the server. `made` is the workstation's time in ms.
  add(line, made = this.clock.stamp()) {
    return new Promise((kept) => {
      const whole = { ...line, ...this.#times(made, line.late) }
      this.memory.set(whole.id, whole)
      this.adding.push({ line: whole, kept })
      this.tell("added", [whole])
      this.writing ??= this.#write()
    })
  }

  // Send what waits, unless that is being done; then once more, since more may wait now.
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

  // Look at what is here, after a start, when another tab did something, or when the browser's data
  // may have been cleared.
  look() {
    this.looking ??= this.#look().finally(() => { this.looking = null })
    return this.looking
  }

  async #look() {
    const kept = await this.store.count().catch(() => null)
    const least = this.size - this.unkept.length - this.adding.length
    if (kept !== null && (this.unkept.length || kept < least || kept > this.size)) await this.#compare().catch(() => {})
    this.counted = true
    this.tell("changed")
  }

  // Hold the memory of this page against the database. What another tab did is taken over; what the
  // database has lost is written anew, in the order in which it was made.
  async #compare() {
    const waiting = await this.store.waiting()
    const there = new Set(waiting.map((line) => line.id))
    this.#remember(waiting)
    const underway = new Set([...this.adding.map((one) => one.line.id), ...this.unnoted.keys()])
    const absent = [...this.memory.values()].filter(({ id }) => !there.has(id) && !underway.has(id))
    const records = await this.store.find(absent.map((line) => line.id))
    for (const one of records) if (!one.waiting) this.#acknowledged(one.line.id) // to another tab
    const found = new Set(records.map((one) => one.line.id))
    const known = new Set(this.unkept.map((line) => line.id))
    const lost = absent.filter(({ id }) => !found.has(id) && !known.has(id) && this.memory.has(id))
    this.cleared ||= lost.length > 0
    this.unkept = [...this.unkept.filter(({ id }) => !there.has(id) && !found.has(id)), ...lost].sort(bySequence)
    await this.#keepAgain()
  }

  async #keepAgain() {
    const lines = this.unkept
    if (!lines.length) return
    await this.#store(lines)
    const written = new Set(lines)
    this.unkept = this.unkept.filter((line) => !written.has(line))
    this.#announce(lines)
  }

  #remember(lines) {
    for (const line of lines) {
      this.last = Math.max(this.last, line.sequence ?? 0)
      if (!this.acknowledged.has(line.id)) this.memory.set(line.id, line)
    }
  }

  #acknowledged(id) {
    this.memory.delete(id)
    this.acknowledged.add(id)
  }

  async #store(lines) {
    const last = await this.store.add(lines, this.last)
    this.#remember(lines.map((line, place) => ({ sequence: last - lines.length + 1 + place, ...line })))
  }

  // Tell the other tabs.
  #announce(lines) {
    this.channel.postMessage({ added: lines.map((line) => this.memory.get(line.id) ?? line) })
  }

  // Everything that this workstation still has, in order: {line, answer}, no answer while it waits.
  async records() {
    const kept = await this.store.all().catch(() => [])
    const unkept = this.unkept.map((line) => ({ line }))
    return [...kept, ...unkept].map(({ line, answer }) => ({ line: this.corrected(line), answer }))
  }

  // The line by what is known of the clock now, where nothing was known when it was made.
  corrected(line) {
    const known = this.clock.skew === null ? null : this.clock.skew / 1000
    return corrected(line, line.skew_s ?? known)
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }))
  }

  // Whatever waits for the disk goes there together: a disk writes ten as fast as one.
  async #write() {
    await null // so that what one act makes goes in one write, whole or not at all
    while (this.adding.length) {
      const batch = [...this.adding]
      const kept = await this.#keep(batch.map((one) => one.line))
      this.adding.splice(0, batch.length)
      for (const one of batch) one.kept(kept)
      this.tell("changed")
      this.#announce(batch.map((one) => one.line))
      if (this.timer === null) this.send() // else the next attempt takes it along
    }
    this.writing = null // at once: whatever comes from here on begins anew
  }

  async #keep(lines) {
    try {
      await this.#store(lines)
      return true
    } catch {
      for (const line of lines) this.unkept.push({ ...line, sequence: this.last += 1 })
      return false
    }
  }

  // The workstation's own time stays beside the corrected one; what was written on paper is not
  // a clock's.
  #times(made, late) {
    const { skew } = this.clock
    const instant = new Date(made).toISOString()
    return { at: instant, made_at: instant, skew_s: skew === null || late ? null : skew / 1000 }
  }

  async #sendAll() {
    try {
      await this.look()
      await this.turn.take(async () => { while (await this.#sendSome()) await this.turn.renew() })
      this.#mended()
    } catch (fault) {
      this.#failed(fault)
    }
  }

  async #sendSome() {
    const batch = await this.#batch()
    if (!batch.length && this.unnoted.size) throw new Trouble("browser")
    if (!batch.length) return false
    if (!this.clock.sure) await this.courier.measure()
    const now = this.clock.skew / 1000
    const lines = batch.map((one) => corrected(one, one.skew_s ?? now))
    const answers = await this.courier.send(lines)
    const settled = await this.#settle(lines, answers)
    if (settled) this.#mended()
    // The server answered and could write nothing: its disk is full, say.
    if (!settled) throw new Trouble(answers.find((one) => one.reason)?.reason === "unwritable" ? "full" : "server")
    return true
  }

  // What leaves next. A database that writes nothing down holds up nothing: it is asked again.
  async #batch() {
    if (this.unnoted.size) {
      await this.#note()
      this.channel.postMessage({})
      await this.look()
    }
    const waiting = await this.store.waiting(BATCH + this.unnoted.size).catch(() => [])
    const open = [...waiting.filter((one) => !this.unnoted.has(one.id)), ...this.unkept]
    return open.sort(bySequence).slice(0, BATCH)
  }

  async #settle(lines, answers) {
    // An id that the server could not read comes back as null: the place tells whose answer it is.
    const told = answers.map((one, place) => [one.id ?? lines[place]?.id, one])
    const given = new Map(told.filter(([, one]) => one.state !== "waiting"))
    const settled = lines.filter((one) => given.has(one.id)).map((line) => ({ line, answer: given.get(line.id) }))
    if (!settled.length) return false
    const memory = new Set(this.unkept.map((one) => one.id))
    // Also by what this page alone had may a note be settled that the database has.
    const written = ({ line }) => !memory.has(line.id) || line.waiting || line.loan
    for (const one of settled.filter(written)) this.unnoted.set(one.line.id, one)
    this.unkept = this.unkept.filter((one) => !given.has(one.id))
    for (const { line } of settled) if (!this.unnoted.has(line.id)) this.#acknowledged(line.id)
    this.tell("settled", settled)
    await this.#note()
    this.channel.postMessage({ settled })
    await this.look()
    return true
  }

  async #note() {
    if (!this.unnoted.size) return
    await this.store.settle([...this.unnoted.values()]).then(() => {
      for (const id of this.unnoted.keys()) this.#acknowledged(id)
      this.unnoted.clear()
    }, () => {})
  }

  #mended() {
    this.wait = FIRST_WAIT
    if (this.trouble === null) return
    this.trouble = null
    this.tell("changed")
  }

  #failed(fault) {
    this.trouble = fault instanceof Trouble ? fault.key : "server"
    this.tell("changed")
    this.timer = setTimeout(() => this.send(), this.wait * (0.8 + 0.4 * Math.random()))
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT)
  }

  #heard({ added, settled }) {
    this.#remember(added ?? [])
    for (const { line } of settled ?? []) this.#acknowledged(line.id)
    if (added) this.tell("added", added)
    if (settled) this.tell("settled", settled)
    this.look()
  }
}

// What has no number yet was made last.
function bySequence(one, other) {
  return (one.sequence ?? Infinity) - (other.sequence ?? Infinity) || 0
}

// A line as the server and the file take it: `at` corrected by what is known of the clock.
function corrected(line, skew) {
  if (skew === null || line.late) return line
  return { ...line, skew_s: skew, at: new Date(Date.parse(line.made_at) + 1000 * skew).toISOString() }
}
