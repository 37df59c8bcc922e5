// A page's calls to the database, the network and Web Locks, made in a worker. After a key,
// Chromium delays messages to the main thread, including these answers, until the next frame or for
// 50 ms, and a scanner presses a key every 5 ms. It does not delay a worker or a broadcast channel,
// which this worker answers through.
//
// If the worker does not start or stops answering, the page makes all calls itself from then on,
// beginning with the unanswered ones: a call made twice changes nothing.
import * as client from "relais/api_client.js"
import { WebLock } from "relais/send_lock.js"
import { TransactionStore } from "relais/transaction_store.js"
import { uuid } from "relais/uuid.js"

const MODULES = ["transaction_store", "api_client", "send_lock"] // they import nothing
const START = 2000 // ms within which the worker begins
// Milliseconds within which the worker answers. A request gives up earlier by itself, and a lock
// may belong to another tab.
const PATIENCE = { store: 5000, client: 15_000 }

export class WorkerCalls {
  // `superseded`, `closed` and `database` (its name) are those of the store.
  constructor(superseded, closed, database) {
    Object.assign(this, { superseded, closed, database, number: 0, parts: null })
    this.open = new Map() // the unanswered calls, by number
    this.channel = new BroadcastChannel(`relais.${uuid()}`)
    this.channel.onmessage = ({ data }) => this.#hear(data)
    this.starting = setTimeout(() => this.#leave(), START)
    this.worker = started(this.channel.name, database)
    if (this.worker) this.worker.onerror = () => this.#leave()
    else this.#leave()
  }

  // Return a stand-in for a part in the worker, with methods of these names.
  stub(part, names) {
    return Object.fromEntries(names.map((name) => [name, (...values) => this.#call({ part, name, values })]))
  }

  #call(call) {
    return new Promise((resolve, reject) => {
      Object.assign(call, { resolve, reject })
      if (this.parts) this.#here(call)
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

  // Once the browser's data has been cleared, a worker's requests go to a service worker that is
  // gone, and fail. The page's own requests do not, so it continues without the worker.
  #request({ values, resolve, reject }) {
    client.exchange(...values).then((answer) => { this.#leave(); resolve(answer) }, reject)
  }

  #here({ part, name, values, resolve, reject }) {
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
      this.#here(call)
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
