// This workstation's transactions in the browser's database, which all tabs and pages share. Until
// the server has answered a transaction, its `waiting` is its sequence number. The index `waiting`
// therefore lists the outbox in order.

const NAME = "relais"
const VERSION = 1
const TRANSACTIONS = "transactions"
const NUMBERS = "numbers"

export class TransactionStore {
  // `superseded()` is called when a page from a newer version of Relais wants to change the
  // database. `closed()` is called when the browser has closed the database because its data was
  // cleared. A desk file has its own database, because all files on a disk may share one storage
  // area.
  constructor(superseded = () => {}, closed = () => {}, name = NAME) {
    Object.assign(this, { superseded, closed, name })
    this.opened = null
  }

  // Store transactions under the next sequence numbers of this workstation, and return the last
  // number. A transaction that already has a number keeps the number: it was stored before the
  // browser's data was cleared. `last` is the newest number known to the page. Reading and writing
  // in a single database transaction ensures that two tabs never get the same number. The promise
  // resolves once the lines are on disk.
  //
  // All requests are made at once, because Chromium delays each of the database's answers by 50 ms
  // while a scanner is typing. If another tab has already taken the numbers, nothing is written.
  // The lines are then added again under later numbers.
  add(lines, last = 0) {
    let taken = 0
    const written = this.#run("readwrite", ({ transactions, numbers }, give) => {
      numbers.get("sequence").onsuccess = ({ target }) => {
        taken = target.result ?? 0
        if (taken > last) target.transaction.abort()
      }
      let sequence = last
      for (const line of lines) {
        const number = line.sequence ?? sequence + 1
        sequence = Math.max(sequence, number)
        const added = transactions.add({ id: line.id, sequence: number, waiting: number, line: { ...line, sequence: number } })
        added.onerror = (event) => {
          if (added.error.name !== "ConstraintError") return
          // The transaction is already stored: the user left the page while it was being written.
          event.preventDefault()
          event.stopPropagation()
        }
      }
      numbers.put(sequence, "sequence")
      give(sequence)
    })
    return written.catch((fault) => {
      if (taken > last) return this.add(lines, taken)
      throw fault
    })
  }

  unsent(limit) {
    return this.#read((stores) => stores.transactions.index("waiting").getAll(null, limit))
      .then((found) => found.map((match) => match.line))
  }

  count() {
    return this.#read((stores) => stores.transactions.index("waiting").count())
  }

  // Store the server's answers, each given as {line, answer} with the line as it was sent. If a
  // loan is no longer pending, delete the note on who has the item. This write is not strict, so
  // scans do not have to wait for the disk. The server has the lines on its own disk, and a line is
  // sent again if its answer is lost in a power cut. For `floor`, see transaction_times.js.
  settle(settled, floor) {
    return this.#run("readwrite", ({ transactions, numbers }) => {
      numbers.put(floor, "floor")
      for (const { line, answer } of settled) {
        transactions.get(line.id).onsuccess = ({ target }) => {
          if (!target.result) return
          const { waiting, ...record } = target.result
          if (waiting && moot(line, answer)) transactions.delete(line.id)
          else if (waiting) transactions.put({ ...record, line, answer })
        }
        if (line.waiting ?? line.loan) unnote(transactions, line.waiting ?? line.loan, answer)
      }
    }, "relaxed")
  }

  // Record that pending loans were completed or voided elsewhere. Each loan is given as
  // {line, answer}; the line no longer contains the note.
  end(ended) {
    return this.#run("readwrite", ({ transactions }) => {
      for (const { line, answer } of ended) {
        transactions.get(line.id).onsuccess = ({ target }) => {
          if (target.result && !target.result.waiting) transactions.put({ ...target.result, line, answer })
        }
      }
    })
  }

  floor() {
    return this.#read((stores) => stores.numbers.get("floor"))
  }

  // Store the times of unacknowledged transactions.
  place(lines) {
    return this.#run("readwrite", ({ transactions }) => {
      for (const line of lines) {
        transactions.get(line.id).onsuccess = ({ target }) => {
          if (target.result?.waiting) transactions.put({ ...target.result, line })
        }
      }
    }, "relaxed")
  }

  all() {
    return this.#read((stores) => stores.transactions.index("sequence").getAll())
  }

  find(ids) {
    return this.#run("readonly", ({ transactions }, give) => {
      const found = []
      for (const id of ids) {
        transactions.get(id).onsuccess = ({ target }) => { if (target.result) found.push(target.result) }
      }
      give(found)
    })
  }

  // Delete transactions from before the time `before` (ms) if the server has recorded them. Pending
  // loans are kept, because their notes are needed.
  //
  // On sign-out (`leaving`), pending loans are deleted too, because the server has them. The floor
  // is kept, so that later scans stay in order.
  //
  // In a desk file, a transaction counts as recorded once it has been saved to a file on disk. Its
  // age is then measured from the time of saving (`saved`).
  forget(before, leaving = false) {
    return this.#run("readwrite", ({ transactions, numbers }, give) => {
      give(null)
      numbers.get("floor").onsuccess = ({ target }) => {
        if (!leaving && target.result?.at < before) numbers.delete("floor")
      }
      transactions.openCursor().onsuccess = ({ target }) => {
        const cursor = target.result
        if (!cursor) return
        const { line, answer, waiting } = cursor.value
        const safe = !waiting && answer?.state !== "refused" && (leaving || !line.note)
        if (safe && (answer?.saved ?? Date.parse(line.at)) < before) cursor.delete()
        cursor.continue()
      }
    })
  }

  // Take the lease for `length` ms, unless another tab has it. Return whether the lease was taken.
  // Only the tab with the lease may send. The lease of a dead tab expires.
  lease(holder, length) {
    return this.#run("readwrite", ({ numbers }, give) => {
      numbers.get("lease").onsuccess = ({ target }) => {
        const held = target.result
        const free = !held || held.holder === holder || held.until < Date.now() || held.until > Date.now() + 10 * length
        if (free) numbers.put({ holder, until: Date.now() + length }, "lease")
        give(free)
      }
    })
  }

  release(holder) {
    return this.#run("readwrite", ({ numbers }, give) => {
      give(null)
      numbers.get("lease").onsuccess = ({ target }) => {
        if (target.result?.holder === holder) numbers.delete("lease")
      }
    })
  }

  #read(ask) {
    return this.#run("readonly", (stores, give) => {
      ask(stores).onsuccess = ({ target }) => give(target.result)
    })
  }

  // Writes are strict by default: a transaction must not be confirmed while it is only in the
  // browser's memory.
  async #run(mode, work, durability = "strict") {
    const database = await this.#database()
    return new Promise((resolve, reject) => {
      const transaction = database.transaction([TRANSACTIONS, NUMBERS], mode, { durability })
      let result
      transaction.oncomplete = () => resolve(result)
      transaction.onabort = () => reject(transaction.error)
      const stores = { transactions: transaction.objectStore(TRANSACTIONS), numbers: transaction.objectStore(NUMBERS) }
      work(stores, (given) => { result = given })
    })
  }

  #database() {
    this.opened ??= this.#open().catch((fault) => {
      this.opened = null // so that the next call tries again
      throw fault
    })
    return this.opened
  }

  #open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(this.name, VERSION)
      asked.onupgradeneeded = () => build(asked.result)
      asked.onerror = () => reject(asked.error)
      asked.onsuccess = () => {
        const database = asked.result
        database.onclose = () => {
          this.opened = null
          this.closed()
        }
        database.onversionchange = ({ newVersion }) => {
          database.close()
          this.opened = null
          if (newVersion === null) this.closed() // the database is being deleted
          else this.superseded()
        }
        resolve(database)
      }
    })
  }
}

function unnote(transactions, id, { state, reason }) {
  if (state === "refused" && reason !== "waiting_settled" && reason !== "loan_void") return
  transactions.get(id).onsuccess = ({ target }) => {
    if (!target.result?.line.note) return
    const { note, ...line } = target.result.line
    transactions.put({ ...target.result, line })
  }
}

function build(database) {
  const transactions = database.createObjectStore(TRANSACTIONS, { keyPath: "id" })
  transactions.createIndex("waiting", "waiting")
  transactions.createIndex("sequence", "sequence")
  database.createObjectStore(NUMBERS)
}

// Whether the server refused a line that was to make a loan pending again after a completion with
// the wrong card. The server then has a different completion, and the loan stays completed.
export function moot({ kind, loan }, answer) {
  return kind === "waiting" && Boolean(loan) && answer?.state === "refused"
}
