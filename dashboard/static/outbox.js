// What was done here and is not yet known to be on the server: sent in order, kept until
// acknowledged by id, sent again with the same id when the answer does not come.

export class Outbox {
  // `send(list)` gives a list of transactions to the server and may throw when the line is cut;
  // `changed()` is told whenever the number of waiting ones changes.
  constructor({ key, storage, send, stamp, changed = () => {}, patience = 3000 }) {
    Object.assign(this, { key, storage, send, stamp, changed, patience })
    this.waiting = this.#read()
    this.sentAt = new Map()
    this.timer = null
    this.kept = true
  }

  get size() {
    return this.waiting.length
  }

  add(...transactions) {
    this.waiting.push(...transactions)
    this.#keep()
    this.#give(transactions)
    this.changed()
  }

  settle(id) {
    const index = this.waiting.findIndex((one) => one.id === id)
    if (index < 0) return null
    const [settled] = this.waiting.splice(index, 1)
    this.sentAt.delete(id)
    this.#keep()
    this.changed()
    return settled
  }

  // Everything whose answer is late, in the order in which it was made.
  resend() {
    const now = performance.now()
    this.#give(this.waiting.filter((one) => !(now - this.sentAt.get(one.id) < this.patience)))
  }

  close() {
    clearTimeout(this.timer)
    this.timer = "closed"
  }

  #give(transactions) {
    if (transactions.length) {
      const sent = this.stamp()
      for (const one of transactions) this.sentAt.set(one.id, performance.now())
      try {
        this.send(transactions.map((one) => ({ ...one, sent })))
      } catch {
        // The line is cut: the same list goes again below.
      }
    }
    this.#waitAndSee()
  }

  #waitAndSee() {
    if (this.timer || !this.waiting.length) return
    this.timer = setTimeout(() => {
      this.timer = null
      this.resend()
    }, this.patience)
  }

  #read() {
    try {
      const found = JSON.parse(this.storage.getItem(this.key) || "[]")
      return Array.isArray(found) ? found : []
    } catch {
      return []
    }
  }

  #keep() {
    try {
      this.storage.setItem(this.key, JSON.stringify(this.waiting))
      this.kept = true
    } catch {
      this.kept = false // full or forbidden: memory alone holds them, and the page says so
    }
  }
}
