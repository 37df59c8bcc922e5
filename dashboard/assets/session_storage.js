// What a page remembers across its own reload: one object in session storage.

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

  // Write once for many changes, if lost data can be read from the store again.
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
