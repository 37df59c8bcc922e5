// What a page asks of the database, the network and Web Locks, done in a worker. After a key,
// Chromium holds back what the main thread is sent, these answers among it, until the next frame or
// for 50 ms, and a scanner presses one every 5 ms. It holds back neither a worker nor a broadcast
// channel, by which this one answers.
//
// Where the worker does not start, or no longer answers, the page does all of it by itself from then
// on, beginning with what was not answered: nothing that is done twice changes anything.
import * as client from "relais/api_client.js"
import { WebLock } from "relais/send_lock.js"
import { TransactionStore } from "relais/transaction_store.js"
import { uuid } from "relais/uuid.js"

const MODULES = ["transaction_store", "api_client", "send_lock"] // they import nothing
const START = 2000 // ms within which the worker begins
// ms within which it answers. A request gives up earlier by itself; a lock may belong to another
// tab.
const PATIENCE = { store: 5000, client: 15_000 }

export class WorkerCalls {
  // `superseded`, `closed` and `database` (its name) are those of the store.
  constructor(superseded, closed, database) {
    Object.assign(this, { superseded, closed, database, number: 0, parts: null })
    this.open = new Map() // by number, the calls that are not answered
    this.channel = new BroadcastChannel(`relais.${uuid()}`)
    this.channel.onmessage = ({ data }) => this.#hear(data)
    this.starting = setTimeout(() => this.#leave(), START)
    this.worker = started(this.channel.name, database)
    if (this.worker) this.worker.onerror = () => this.#leave()
    else this.#leave()
  }

  // A stand-in in the page for a part in the worker, with its methods of these names.
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

  // Once the browser's data were cleared, the requests of a worker go to a service worker that is
  // gone, and fail. Those of the page do not: it goes on by itself.
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

// The names of a class's methods.
export function methods({ prototype }) {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor")
}
