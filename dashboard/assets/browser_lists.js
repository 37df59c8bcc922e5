// Last night's lists of accounts and items, stored in the browser for use when the server is down.
// They are Bloom filters, so they do not contain any identifiers; see
// procedure/offline_lists/browser_list.py. The server sends them only to enrolled workstations, and
// only over HTTPS.
import { Hmac, stretched } from "relais/sha256.js"

const CACHE = "relais-lists"
const KINDS = ["accounts", "items"]
const REFRESH_EVERY = 30 * 60_000 // ms
const ZONE = { timeZone: document.documentElement.dataset.zone }
const DATE = new Intl.DateTimeFormat("sv-SE", ZONE) // YYYY-MM-DD
const UTF_8 = new TextEncoder()

export class BrowserList {
  constructor(content) {
    const length = new DataView(content).getUint32(0)
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)))
    this.bits = new Uint8Array(content, 4 + length)
    this.key = Uint8Array.from(atob(this.header.key), (letter) => letter.charCodeAt(0))
    this.mac = new Hmac(this.key)
    this.known = this.header.filters.some(({ reason }) => reason === "known")
    // The last identifier and its hashes, which are slow to compute. A card is looked up again with
    // each of its patron's items.
    this.newest = [null, null]
  }

  // Return the list's warning about an identifier on a day (YYYY-MM-DD, local), or null.
  lookUp(identifier, day) {
    const { as_of, filters } = this.header
    const [first, second] = this.#hashed(identifier.trim().toUpperCase())
    const found = filters.find((filter) => (filter.since ?? day) <= day && this.#has(filter, first, second | 1))
    if (!found && !this.known) return null
    const { reason, days = null } = found ?? { reason: "item_unknown" }
    return { reason, as_of, days }
  }

  #hashed(identifier) {
    const [newest, hashed] = this.newest
    if (newest === identifier) return hashed
    const [first, second] = this.mac.digest(UTF_8.encode(identifier))
    this.newest = [identifier, this.header.rounds ? this.#stretched(first, second) : [first, second]]
    return this.newest[1]
  }

  #stretched(first, second) {
    const view = new DataView(new ArrayBuffer(8))
    view.setUint32(0, first)
    view.setUint32(4, second)
    return stretched(new Uint8Array(view.buffer), this.key, this.header.rounds)
  }

  #has({ bits, hashes, offset }, first, second) {
    for (let number = 0; number < hashes; number += 1) {
      const bit = (first + number * (second >>> 0)) % bits
      if (!((this.bits[offset + Math.floor(bit / 8)] >> bit % 8) & 1)) return false
    }
    return true
  }
}

export class BrowserLists {
  // `base` is the URL of the desk page; the URLs of the lists are relative to it.
  constructor(base) {
    Object.assign(this, { base, lists: {}, keptFor: Infinity })
    if (!globalThis.caches) return // browsers do not offer a cache without HTTPS
    this.read = this.#open().catch(() => {}) // read the stored lists without asking the server
    this.opened = this.read.then(() => this.refresh())
    setInterval(() => this.refresh(), REFRESH_EVERY)
  }

  // The export time of the older list, or "" if there are no lists.
  get asOf() {
    return Object.values(this.lists).map(({ header }) => header.as_of).sort()[0] ?? ""
  }

  // Return the lists' warnings about a loan made at the time `at` (ms). Warnings suppressed
  // by `rules` (see `ListRules.for_page`) and warnings from lists that are too old are left out.
  // The item's warning comes first, as on the server.
  adviceOn({ patron, item }, at, rules) {
    const { accounts, items } = this.lists
    const day = DATE.format(at)
    const found = [items?.lookUp(item, day), patron ? accounts?.lookUp(patron, day) : null]
    return found.filter((advice) => advice && rules.acts[advice.reason] !== "nothing" && at < Date.parse(advice.as_of) + rules.stale_ms)
  }

  // Look up a card before the patron's first item is scanned: a lookup takes a few milliseconds.
  prepare(patron) {
    setTimeout(() => this.lists.accounts?.lookUp(patron, ""))
  }

  // Update the lists from the server. Delete lists that the server no longer provides, but keep all
  // lists if the server does not answer, fails, or redirects to a login.
  async refresh() {
    await Promise.all(KINDS.map((kind) => this.#refresh(kind).catch(() => {})))
    await this.#deleteOld()
  }

  // From now on, delete lists that are older than this (ms), even if the server cannot be reached.
  async keepFor(milliseconds) {
    this.keptFor = milliseconds
    await this.read
    await this.#deleteOld()
  }

  async #deleteOld() {
    const old = KINDS.filter((kind) => this.lists[kind] && Date.now() - Date.parse(this.lists[kind].header.as_of) > this.keptFor)
    for (const kind of old) delete this.lists[kind]
    const cache = old.length ? await caches.open(CACHE) : null
    for (const kind of old) await cache.delete(this.#address(kind))
  }

  // Delete the lists after a sign-out in this browser.
  async forget() {
    this.lists = {}
    await globalThis.caches?.delete(CACHE)
  }

  async #open() {
    const cache = await caches.open(CACHE)
    await Promise.all(KINDS.map(async (kind) => this.#use(kind, await cache.match(this.#address(kind)))))
  }

  async #refresh(kind) {
    const cache = await caches.open(CACHE)
    const address = this.#address(kind)
    const known = await cache.match(address)
    const headers = known ? { "If-None-Match": known.headers.get("Etag") } : {}
    const answer = await fetch(address, { cache: "no-store", redirect: "manual", headers })
    if (answer.status === 304 || answer.status >= 500 || answer.type === "opaqueredirect") return
    if (answer.status === 200) {
      await cache.put(address, answer.clone())
      await this.#use(kind, answer)
    } else {
      await cache.delete(address)
      delete this.lists[kind]
    }
  }

  async #use(kind, answer) {
    if (answer) this.lists[kind] = new BrowserList(await answer.arrayBuffer())
  }

  #address(kind) {
    return new URL(`lists/${kind}`, this.base).href
  }
}
