// Asks the server how pending loans ended, because they may have been completed or voided at
// another workstation. It asks only about loans that have reached the server: until then, no other
// workstation can change them.
import { read, write } from "relais/workstation.js"

const EVERY = 15_000
const MOST = 200 // as many as the server accepts at once
const OLD = 60_000 // after this many ms without news from the server, the list is out of date
const MEMORY = "relais.followed"

export class PendingUpdates {
  // The first parameter is the workstation; `today` is its `TodaysTransactions`.
  constructor({ courier, store, outbox }, today) {
    Object.assign(this, { courier, store, outbox, today, asking: null })
    this.timer = setInterval(() => this.ask(), EVERY)
    this.onLine = () => this.ask()
    addEventListener("online", this.onLine)
    today.loaded.then(this.onLine)
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("online", this.onLine)
  }

  // The time (ms) of the server's last report on the pending loans, or the time at which the first
  // of them was made, whichever is later. It is null if that was less than a minute ago, or if the
  // server has none of these loans.
  get old() {
    const made = this.#there().map((row) => Date.parse(row.line.made_at))
    const known = Math.max(Number(read(MEMORY)) || 0, Math.min(...made))
    return made.length && Date.now() - known >= OLD ? known : null
  }

  ask() {
    this.asking ??= this.#ask().finally(() => { this.asking = null })
    return this.asking
  }

  async #ask() {
    const rows = this.#there().slice(0, MOST)
    if (!rows.length) return
    try {
      await this.#end(rows, await this.courier.pendingEnds(rows.map((row) => row.id)))
      write(MEMORY, String(Date.now()))
    } catch { /* the connection status shows the fault */ }
    this.outbox.tell("changed")
  }

  // Store how these loans ended. The notes on who has the items are no longer needed, so they are
  // removed.
  async #end(rows, ends) {
    // In the meantime, a loan may have been completed or voided here.
    const open = new Set(this.#there().map((row) => row.id))
    const ended = rows.filter((row) => ends[row.id] && open.has(row.id)).map(({ id, line: { note, ...line }, answer }) => (
      { line, answer: { ...answer, ended: ends[id] } }
    ))
    if (!ended.length) return
    await this.store.end(ended).catch(() => {}) // the page asks again after a reload
    this.outbox.tell("settled", ended)
    this.outbox.channel.postMessage({ settled: ended })
  }

  #there() {
    return [...this.today.pending().values()].flat().filter((row) => row.answer)
  }
}
