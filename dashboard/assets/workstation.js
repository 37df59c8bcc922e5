// The workstation on which this page is open: its name, clock, store, outbox and lists.
import { BrowserLists } from "relais/browser_lists.js"
import { ServerClock } from "relais/server_clock.js"
import { ApiClient } from "relais/api_client.js"
import { Outbox } from "relais/outbox.js"
import { SendLock, WebLock } from "relais/send_lock.js"
import { uuid } from "relais/uuid.js"
import { TransactionStore } from "relais/transaction_store.js"
import { WorkerCalls, methods } from "relais/worker_calls.js"

const NAME = "relais.workstation"
export const NAMELESS = "poste-" // prefix of a name that a workstation has made up for itself
const LOOK_EVERY = 30_000
const FORGET_EVERY = 3_600_000
const SOON = 200 // ms

export class Workstation extends EventTarget {
  // `base` is the URL of the desk page, and `database` the name of the browser's database;
  // `courier`, if given, is used instead of an `ApiClient`. The event "superseded" means that a
  // page from a newer version needs a different database, so this page must be reloaded.
  constructor(base, { database = "relais", courier } = {}) {
    super()
    // Wait a moment: otherwise, a database that fails when it is opened would be reopened in a
    // tight loop.
    const closed = () => setTimeout(() => this.outbox.look(), SOON)
    const calls = new WorkerCalls(() => this.dispatchEvent(new Event("superseded")), closed, database)
    this.store = calls.stub("store", methods(TransactionStore))
    this.clock = new ServerClock()
    this.courier = courier ?? new ApiClient(base, this.clock, calls.stub("client", ["exchange"]).exchange)
    this.outbox = new Outbox({
      store: this.store, courier: this.courier, clock: this.clock,
      turn: new SendLock(this.store, uuid(), calls.stub("lock", methods(WebLock))), channel: new BroadcastChannel(database),
    })
    if (base) this.lists = new BrowserLists(base)
    this.outbox.addEventListener("ended", () => this.lists?.forget())
    this.outbox.look()
    this.outbox.send()
    addEventListener("online", () => this.outbox.send())
    setInterval(() => this.outbox.send(), LOOK_EVERY)
    this.forget()
    setInterval(() => this.forget(), FORGET_EVERY)
  }

  // Delete the data of earlier days' patrons from this workstation once the server has their loans.
  forget(before = new Date(this.clock.stamp()).setHours(0, 0, 0, 0), leaving = false) {
    return this.store.forget(before, leaving).then(() => this.outbox.tell("forgotten")).catch(() => {})
  }

  // Return everything stored here, as the lines of a file for `relais loans import`.
  async lines() {
    return (await this.outbox.records()).map(({ line }) => line)
  }

  // A name given by the page takes precedence over the stored name. Without either, the workstation
  // makes up a name.
  name(given = "") {
    const named = given || read(NAME) || this.named || `${NAMELESS}${fourLetters()}`
    this.named = named // the browser's storage may be cleared while the page is open
    if (named !== read(NAME)) write(NAME, named)
    return named
  }
}

function fourLetters() {
  const [number] = crypto.getRandomValues(new Uint16Array(1))
  return number.toString(16).padStart(4, "0")
}

export function read(key) {
  try {
    return localStorage.getItem(key) ?? ""
  } catch {
    return ""
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(key, value)
  } catch { /* storage is blocked or full: the value is not remembered */ }
}
