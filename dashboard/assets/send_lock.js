// Lets only one tab send at a time. A tab that has crashed does not stop the other tabs.

const NAME = "relais.outbox"
const LENGTH = 20_000 // ms after which a lease expires, unless it is renewed
const PAUSE = 150

export class SendLock {
  constructor(store, holder, lock = new WebLock()) {
    Object.assign(this, { store, holder, lock })
  }

  // Do the work while no other tab of this workstation is doing it. Over plain HTTP, where Web
  // Locks are not available, use a lease in the browser's database.
  take(work) {
    return navigator.locks ? this.#locked(work) : this.#lease(work)
  }

  async #locked(work) {
    await this.lock.acquire()
    try {
      return await work()
    } finally {
      this.lock.release()
    }
  }

  // Extend the lease while the work continues.
  async renew() {
    if (!navigator.locks) await this.#ask()
  }

  async #lease(work) {
    while (!(await this.#ask())) await pause(PAUSE)
    try {
      return await work()
    } finally {
      await this.store.release(this.holder).catch(() => {}) // the lease expires on its own
    }
  }

  // Return whether this tab has the lease. Without a database, tabs cannot take turns. This does no
  // harm: if two tabs send a line, both send it with the same id.
  #ask() {
    return this.store.lease(this.holder, LENGTH).catch(() => true)
  }
}

// A browser lock, held until it is released or the page or worker that holds it is gone.
export class WebLock {
  acquire() {
    return new Promise((acquired, failed) => {
      const hold = () => new Promise((release) => {
        this.held = release
        acquired()
      })
      navigator.locks.request(NAME, hold).catch(failed)
    })
  }

  async release() {
    this.held?.()
    this.held = null
  }
}

function pause(length) {
  return new Promise((resolve) => setTimeout(resolve, length))
}
