// This workstation, whichever of its pages is open: its name, its clock, its store, its outbox.
import { ServerClock } from "relais/server_clock.js"
import { ApiClient } from "relais/api_client.js"
import { Outbox } from "relais/outbox.js"
import { TransactionStore } from "relais/transaction_store.js"
import { SendLock } from "relais/send_lock.js"
import { uuid } from "relais/uuid.js"

const NAME = "relais.workstation"
const LOOK_EVERY = 30_000
const FORGET_EVERY = 3_600_000
const SOON = 200 // ms

export class Workstation extends EventTarget {
  // `base` is the address of the desk page. Events: "superseded", when a newer page needs the
  // database in another form: this page is to be loaded anew.
  constructor(base) {
    super()
    // Not at once: a database that fails as soon as it is opened would be opened without end.
    const closed = () => setTimeout(() => this.outbox.look(), SOON)
    this.store = new TransactionStore(() => this.dispatchEvent(new Event("superseded")), closed)
    this.clock = new ServerClock()
    this.courier = new ApiClient(base, this.clock)
    this.outbox = new Outbox({
      store: this.store, courier: this.courier, clock: this.clock,
      turn: new SendLock(this.store, uuid()), channel: new BroadcastChannel("relais"),
    })
    this.outbox.look()
    this.outbox.send()
    addEventListener("online", () => this.outbox.send())
    setInterval(() => this.outbox.send(), LOOK_EVERY)
    this.#forget()
    setInterval(() => this.#forget(), FORGET_EVERY)
  }

  // What the server has is hers to keep: yesterday's readers leave this workstation.
  #forget() {
    const today = new Date(this.clock.stamp()).setHours(0, 0, 0, 0)
    this.store.forget(today).then(() => this.outbox.tell("forgotten")).catch(() => {})
  }

  // A page's name for it goes before the one kept here; without either it names itself.
  name(given = "") {
    const named = given || read(NAME) || this.named || `poste-${fourLetters()}`
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
  } catch { /* forbidden or full: it is asked again next time */ }
}
