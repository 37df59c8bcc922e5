// Between the outbox and the server: what is asked, and what a failure means.

const PATIENCE = 10_000
const SAMPLES = 5
// What the server's refusals mean; anything else is the server's own failure.
const TROUBLES = { 401: "login", 403: "forbidden", 413: "version", 400: "version", 429: "busy", 404: "version", 507: "full" }

export class RequestFailed extends Error {
  constructor(key) {
    super(key)
    this.key = key
  }
}

export class ApiClient {
  // `base` is the address of the desk page, where its routes are too.
  constructor(base, clock) {
    Object.assign(this, { base, clock })
  }

  // Ask the time several times: the median of the answers is free of one slow one.
  async measure() {
    for (let count = 0; count < SAMPLES; count += 1) await this.time()
  }

  time() {
    return this.#ask("time")
  }

  board() {
    return this.#ask("../board.json")
  }

  // `report` is what `browser_profile.js` reports of this workstation, with its name and desk.
  async send(transactions, report) {
    const { answers } = await this.#post("transactions", { report, transactions })
    if (!Array.isArray(answers)) throw new RequestFailed("version")
    return answers
  }

  // How the waiting of these ended, by id: "completed" or "void"; nothing for what still waits.
  async waiting(ids) {
    const { ended } = await this.#post("waiting", { waiting: ids })
    return ended ?? {}
  }

  #post(path, message) {
    const headers = { "Content-Type": "application/json", "X-Relais": "desk" }
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(message) })
  }

  async #ask(path, options = {}) {
    const asked = this.clock.stamp()
    const answer = await this.#fetch(new URL(path, this.base), options)
    const heard = this.clock.stamp()
    if (Number.isFinite(answer.now)) this.clock.learn({ asked, said: answer.now, heard })
    return answer
  }

  // The patience is for the whole answer: its head may come, and its body never.
  async #fetch(address, options) {
    const end = new AbortController()
    const timer = setTimeout(() => end.abort(), PATIENCE)
    try {
      const answer = await fetch(address, { cache: "no-store", redirect: "manual", signal: end.signal, ...options })
      check(answer)
      return await answer.json()
    } catch (fault) {
      throw fault instanceof RequestFailed ? fault : new RequestFailed("unreachable")
    } finally {
      clearTimeout(timer)
    }
  }
}

function check(answer) {
  // A proxy before the server may send to its login instead of saying 401.
  if (answer.type === "opaqueredirect") throw new RequestFailed("login")
  if (!answer.ok) throw new RequestFailed(TROUBLES[answer.status] ?? "server")
}
