// The outbox's lines: one for each transaction that the server has not acknowledged. Their states:
//
//   added ───> stored ────────┐
//     │         ↑│ lost       ├──> answered ───> acknowledged
//     └──────> unstored ──────┘
//
//   added         on its way to the database
//   stored        in this workstation's database
//   unstored      only in this page's memory: the database refused or lost it
//   answered      the server has answered, but the database does not have the answer yet
//   acknowledged  done: only the id is kept, so that the line is not stored again
export class OutboxLines {
  #entries = new Map() // keyed by id: {line, state}, with `made` and `kept` in the state added, and `answer` in the state answered
  #acknowledged = new Set()

  get size() {
    return this.#entries.size
  }

  count(state) {
    return this.entries(state).length
  }

  // Return the lines in a state, oldest first.
  in(state) {
    return this.entries(state).map(({ line }) => line).sort(bySequence)
  }

  // Return the entries in a state, in the order in which they were added.
  entries(state) {
    return [...this.#entries.values()].filter((entry) => entry.state === state)
  }

  has(id, state) {
    return this.#entries.get(id)?.state === state
  }

  // Return the current version of the line, or the line itself if it is acknowledged or unknown.
  current(line) {
    return this.#entries.get(line.id)?.line ?? line
  }

  // `made` is the time at which the line was made, in ms on the workstation's clock. `kept` is
  // called with true if the database stored the line, and with false otherwise.
  add(line, made, kept) {
    this.#entries.set(line.id, { line, state: "added", made, kept })
  }

  // Replace a line without changing its state.
  correct(line) {
    const entry = this.#entries.get(line.id)
    if (entry) entry.line = line
  }

  // The line has been written to the database, or was found there. An answered line keeps its
  // answer until the answer is stored too.
  store(line) {
    if (this.#acknowledged.has(line.id) || this.has(line.id, "answered")) return
    this.#entries.set(line.id, { ...this.#entries.get(line.id), line, state: "stored" })
  }

  // The database refused a new line, or has lost a stored line.
  unstore(line) {
    const entry = this.#entries.get(line.id)
    if (entry?.state === "added" || entry?.state === "stored") Object.assign(entry, { line, state: "unstored" })
  }

  answer(line, answer) {
    this.#entries.set(line.id, { line, state: "answered", answer })
  }

  acknowledge(id) {
    this.#entries.delete(id)
    this.#acknowledged.add(id)
  }
}

// Lines without a sequence number are the newest, so they come last.
export function bySequence(a, b) {
  return (a.sequence ?? Infinity) - (b.sequence ?? Infinity) || 0
}
