// An object that a page remembers across reloads, in session storage or, in a desk file, in the
// tab's history entry.

const SOON = 200 // ms

export class SavedState {
  constructor(storage, key, empty) {
    Object.assign(this, { storage, key, timer: null })
    this.state = { ...structuredClone(empty), ...this.#read() }
  }

  keep() {
    clearTimeout(this.timer)
    this.timer = null
    try {
      this.storage.setItem(this.key, JSON.stringify(this.state))
    } catch { /* the outbox reports full storage */ }
  }

  // Write several changes together, a little later. Use this only for data that can also be read
  // from the transaction store.
  keepSoon() {
    this.timer ??= setTimeout(() => this.keep(), SOON)
  }

  #read() {
    try {
      return JSON.parse(this.storage.getItem(this.key) || "{}")
    } catch {
      return {}
    }
  }
}
