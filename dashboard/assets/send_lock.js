// Lets one tab send at a time: the others wait for their turn, and a tab that died delays nobody.

const NAME = "relais.outbox"
const LENGTH = 20_000 // ms that a lease lasts; no sending may take longer
const PAUSE = 150

export class SendLock {
  constructor(store, holder, lock = new WebLock()) {
    Object.assign(this, { store, holder, lock })
  }

  // Do the work in only one tab of this workstation. Web Locks are missing on plain http.
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

  // If the work takes long, extend the lease.
  async renew() {
    if (!navigator.locks) await this.#ask()
  }

  async #lease(work) {
    while (!(await this.#ask())) await pause(PAUSE)
    try {
      return await work()
    } finally {
      await this.store.release(this.holder).catch(() => {}) // the lease expires by itself
    }
  }

  // Without a database, no tab can wait for a turn; a line sent by two tabs still has the same id.
  #ask() {
    return this.store.lease(this.holder, LENGTH).catch(() => true)
  }
}

// A lock managed by the browser, until it is released or the page or worker that has it is gone.
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
