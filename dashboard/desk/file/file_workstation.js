// The workstation of a desk file, which has no server. Transactions are stored in the browser, and
// count as acknowledged once a file on disk contains them. A week later, they are deleted from the
// browser.
import { asText } from "../page/storage_status.js"
import { RequestFailed } from "relais/api_client.js"
import { Workstation } from "relais/workstation.js"

const KEPT = 7 * 24 * 3_600_000 // ms for which a transaction is kept after it has been saved
const KINDS = new Set(["loan", "waiting", "return", "complete", "void"])

export class FileWorkstation extends Workstation {
  // `library` is the library's name in the handbook. It is part of the database's name, because
  // another library's files may share this storage.
  constructor(library) {
    super(null, {
      database: `relais.file.${library}`,
      courier: { measure: async () => {}, pendingEnds: async () => ({}), send: (lines) => this.#answers(lines) },
    })
    Object.assign(this, { library, beside: null, inFile: new Set() })
  }

  async lines() {
    return (await super.lines()).map((line) => ({ ...line, library: this.library }))
  }

  // Record that a file on disk contains these lines.
  saved(lines) {
    for (const { id } of lines) this.inFile.add(id)
    return this.outbox.send()
  }

  // From now on, write everything to this file (a `FileSystemFileHandle`) after each scan.
  async writeBeside(file) {
    this.beside = file
    await this.#writeBeside().catch(() => {}) // the next attempt to send reports the failure
    return this.outbox.send()
  }

  // Store the lines of `text` (the content of a saved file) that are not stored yet. The lines
  // count as saved, because they are in a file. Return null, or the reason why the text is refused:
  // "unreadable", or "other" if it is from another library.
  async takeOver(text) {
    const lines = parsed(text)
    if (!lines) return "unreadable"
    if (lines.some((line) => line.library !== this.library)) return "other"
    await this.store.add(lines.map(({ library, ...line }) => line))
    await this.outbox.look()
    this.outbox.tell("forgotten") // so today's transactions are read again
    await this.saved(lines)
    return null
  }

  // Delete all transactions from the browser, unless some of them are not in any file yet. Return
  // whether they were deleted.
  async erase() {
    if (this.outbox.size) return false
    await this.forget(Infinity)
    this.outbox.tell("ended")
    this.outbox.channel.postMessage({ ended: true })
    return true
  }

  forget(before = Date.now() - KEPT) {
    return super.forget(before, true)
  }

  // Answer in place of the server: lines in a file are acknowledged, others must be sent again.
  async #answers(lines) {
    if (this.beside) await this.#writeBeside().catch(() => { throw new RequestFailed("lost") })
    if (!lines.some(({ id }) => this.inFile.has(id))) throw new RequestFailed("file")
    const saved = Date.now()
    return lines.map(({ id }) => (this.inFile.has(id) ? { id, state: "kept", saved } : { id, state: "waiting" }))
  }

  // The browser replaces the file as a whole. If it is killed in the process, the file keeps its
  // old content.
  async #writeBeside() {
    const lines = await this.lines()
    const stream = await this.beside.createWritable()
    await stream.write(asText(lines))
    await stream.close()
    for (const { id } of lines) this.inFile.add(id)
  }
}

function parsed(text) {
  try {
    const lines = text.split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line))
    const whole = ({ id, kind, at, made_at: made }) => typeof id === "string" && KINDS.has(kind) && [at, made].every((time) => Date.parse(time))
    return lines.length && lines.every(whole) ? lines : null
  } catch {
    return null
  }
}
