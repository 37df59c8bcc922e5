// The workstation of a desk file: there is no server. What is done here is kept in the browser, and
// counts as acknowledged once a file on the disk has it; some days later it leaves the browser.
import { asText } from "../page/storage_status.js"
import { RequestFailed } from "relais/api_client.js"
import { Workstation } from "relais/workstation.js"

const KEPT = 7 * 24 * 3_600_000 // ms that something stays after it was saved
const KINDS = new Set(["loan", "waiting", "return", "complete", "void"])

export class FileWorkstation extends Workstation {
  // `library` is its name in the handbook: files of another one may share this browser's storage.
  constructor(library) {
    super(null, {
      database: `relais.file.${library}`,
      courier: { measure: async () => {}, waiting: async () => ({}), send: (lines) => this.#answers(lines) },
    })
    Object.assign(this, { library, beside: null, inFile: new Set() })
  }

  async lines() {
    return (await super.lines()).map((line) => ({ ...line, library: this.library }))
  }

  // A file on the disk has these lines.
  saved(lines) {
    for (const { id } of lines) this.inFile.add(id)
    return this.outbox.send()
  }

  // Write everything into this file from now on, after each scan: a `FileSystemFileHandle`.
  async writeBeside(file) {
    this.beside = file
    await this.#writeBeside().catch(() => {}) // said by the next sending
    return this.outbox.send()
  }

  // Keep what a desk file has saved, `text`, each line once; what was read back is in a file. Gives
  // null, or what is wrong with it: "unreadable", "other" (library).
  async takeOver(text) {
    const lines = parsed(text)
    if (!lines) return "unreadable"
    if (lines.some((line) => line.library !== this.library)) return "other"
    await this.store.add(lines.map(({ library, ...line }) => line))
    await this.outbox.look()
    this.outbox.tell("forgotten") // what is listed is read anew
    await this.saved(lines)
    return null
  }

  // Everything leaves the browser, unless no file has it yet; gives whether it left.
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

  // Stands for the server's answers: what a file has is safe, the rest is asked again.
  async #answers(lines) {
    if (this.beside) await this.#writeBeside().catch(() => { throw new RequestFailed("lost") })
    if (!lines.some(({ id }) => this.inFile.has(id))) throw new RequestFailed("file")
    const saved = Date.now()
    return lines.map(({ id }) => (this.inFile.has(id) ? { id, state: "kept", saved } : { id, state: "waiting" }))
  }

  // The browser replaces the file whole: killed in between, it has the content of before.
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
