// Makes a page's calls to the database, the network and Web Locks in a worker. After a keystroke,
// Chromium delays messages to the main thread, including the answers to these calls, until the next
// frame or for 50 ms, and a scanner sends a keystroke every 5 ms. Chromium does not delay workers
// or broadcast channels, so the worker answers through a broadcast channel.
//
// If the worker fails to start, or stops answering, the page makes all calls itself from then on,
// beginning with the unanswered calls. A call that is made twice does no harm.
import * as client from "relais/api_client.js"
import { WebLock } from "relais/send_lock.js"
import { TransactionStore } from "relais/transaction_store.js"
import { uuid } from "relais/uuid.js"

const MODULES = ["transaction_store", "api_client", "send_lock"] // these do not import anything
const START = 2000 // ms within which the worker must start
// Milliseconds within which the worker must answer. A request to the server times out on its own
// before that. There is no limit for a lock, because another tab may hold it.
const PATIENCE = { store: 5000, client: 15_000 }

export class WorkerCalls {
  // `superseded`, `closed` and `database` (the database's name) are passed to the
  // `TransactionStore`.
  constructor(superseded, closed, database) {
    Object.assign(this, { superseded, closed, database, number: 0, parts: null })
    this.open = new Map() // the unanswered calls, keyed by number
    this.channel = new BroadcastChannel(`relais.${uuid()}`)
    this.channel.onmessage = ({ data }) => this.#hear(data)
    this.starting = setTimeout(() => this.#leave(), START)
    this.worker = started(this.channel.name, database)
    if (this.worker) this.worker.onerror = () => this.#leave()
    else this.#leave()
  }

  // Return a stand-in for a part of the worker ("store", "client" or "lock"), with these methods.
  stub(part, names) {
    return Object.fromEntries(names.map((name) => [name, (...values) => this.#call({ part, name, values })]))
  }

  #call(call) {
    return new Promise((resolve, reject) => {
      Object.assign(call, { resolve, reject })
      if (this.parts) this.#callLocally(call)
      else this.#send(call)
    })
  }

  #send(call) {
    const { part, name, values } = call
    const number = this.number += 1
    this.worker.postMessage({ number, part, name, values })
    if (PATIENCE[part]) call.timer = setTimeout(() => this.#leave(), PATIENCE[part])
    this.open.set(number, call)
  }

  #hear({ number, value, fault, event }) {
    if (event === "ready") clearTimeout(this.starting)
    else if (event) this[event]()
    else this.#answered(this.open.get(number), value, fault)
    this.open.delete(number)
  }

  #answered(call, value, fault) {
    clearTimeout(call.timer)
    if (fault === undefined) call.resolve(value)
    else if (call.part === "client" && !fault.startsWith("AbortError")) this.#request(call)
    else call.reject(new Error(fault))
  }

  // Once the browser's data has been cleared, a worker's requests go to a service worker that no
  // longer exists, and fail. The page's own requests still succeed, so the page continues without
  // the worker.
  #request({ values, resolve, reject }) {
    client.exchange(...values).then((answer) => { this.#leave(); resolve(answer) }, reject)
  }

  #callLocally({ part, name, values, resolve, reject }) {
    this.parts[part][name](...values).then(resolve, reject)
  }

  #leave() {
    if (this.parts) return
    clearTimeout(this.starting)
    this.worker?.terminate()
    this.channel.close()
    this.parts = { store: new TransactionStore(this.superseded, this.closed, this.database), client, lock: new WebLock() }
    for (const call of this.open.values()) {
      clearTimeout(call.timer)
      this.#callLocally(call)
    }
    this.open.clear()
  }
}

function started(channel, database) {
  try {
    const worker = new Worker(import.meta.resolve("relais/page_worker.js"), { type: "module" })
    const modules = MODULES.map((name) => import.meta.resolve(`relais/${name}.js`))
    worker.postMessage({ channel, modules, database })
    return worker
  } catch {
    return null
  }
}

// Return the names of a class's methods.
export function methods({ prototype }) {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor")
}
