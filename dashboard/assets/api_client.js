// The requests to the server, and the meaning of each failure.

const PATIENCE = 10_000
const SAMPLES = 5
// The meaning of each status of a refused request. All other error statuses mean that the server
// failed.
const TROUBLES = { 401: "login", 403: "forbidden", 413: "version", 400: "version", 429: "busy", 404: "version", 507: "full" }

export class RequestFailed extends Error {
  constructor(key) {
    super(key)
    this.key = key
  }
}

export class ApiClient {
  // `base` is the URL of the desk page; the paths of requests are relative to it. `ask` sends the
  // requests.
  constructor(base, clock, ask = exchange) {
    Object.assign(this, { base, clock, exchange: ask })
  }

  // Request the server's time repeatedly: the clock uses the median, so a single slow answer
  // does not affect it.
  async measure() {
    for (let count = 0; count < SAMPLES; count += 1) await this.time()
  }

  time() {
    return this.#ask("time")
  }

  board() {
    return this.#ask("../board.json")
  }

  // `report` is the report on this workstation from `browser_profile.js`, with the workstation's
  // name and desk added.
  async send(transactions, report) {
    const { answers } = await this.#post("transactions", { report, transactions })
    if (!Array.isArray(answers)) throw new RequestFailed("version")
    return answers
  }

  // Return how the pending loans with these ids ended, keyed by id: "completed" or "void". Loans
  // that are still pending are left out.
  async pendingEnds(ids) {
    const { ended } = await this.#post("waiting", { waiting: ids })
    return ended ?? {}
  }

  #post(path, message) {
    const headers = { "Content-Type": "application/json", "X-Relais": "desk" }
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(message) })
  }

  async #ask(path, options = {}) {
    const asked = this.clock.stamp()
    const answer = await this.#fetch(new URL(path, this.base).href, options)
    const received = this.clock.stamp()
    if (Number.isFinite(answer.now)) this.clock.learn({ asked, serverTime: answer.now, received })
    return answer
  }

  async #fetch(address, options) {
    try {
      const answer = await this.exchange(address, { cache: "no-store", redirect: "manual", ...options })
      check(answer)
      return answer.content
    } catch (fault) {
      throw fault instanceof RequestFailed ? fault : new RequestFailed("unreachable")
    }
  }
}

// Send a request, and return the complete response as plain values: {type, status, ok, content}.
// The timeout covers the body too, because the headers may arrive without it.
export async function exchange(address, options) {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), PATIENCE)
  try {
    const answer = await fetch(address, { signal: end.signal, ...options })
    const { type, status, ok } = answer
    return { type, status, ok, content: ok ? await answer.json() : null }
  } finally {
    clearTimeout(timer)
  }
}

function check(answer) {
  // A proxy in front of the server may redirect to its login page instead of answering with a 401.
  if (answer.type === "opaqueredirect") throw new RequestFailed("login")
  if (!answer.ok) throw new RequestFailed(TROUBLES[answer.status] ?? "server")
}
