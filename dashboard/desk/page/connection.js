// The connection to the server, checked every few seconds.
import { read, write } from "relais/workstation.js"

const EVERY = 10_000
const MEMORY = "relais.contact"

// Dispatches "changed" after each check.
export class Connection extends EventTarget {
  constructor(workstation, readings) {
    super()
    Object.assign(this, { workstation, readings })
    this.fault = null
    this.version = null // the version of the desk page on the server
    this.asked = false // whether the first check has finished
    this.answered = null
    this.ask()
    setInterval(() => this.ask(), EVERY)
    for (const event of ["online", "offline"]) addEventListener(event, () => this.ask())
  }

  // The key of the fault, or null while the server answers and accepts messages.
  get trouble() {
    return this.fault ?? this.workstation.outbox.trouble
  }

  // The time (ms) at which the server last answered this workstation, or null.
  get since() {
    return Number(read(MEMORY)) || this.answered || null
  }

  async ask() {
    const { courier, outbox, clock } = this.workstation
    try {
      if (!clock.sure) await courier.measure()
      this.version = (await courier.time()).version
      const asked = Date.now()
      const board = await courier.board()
      this.readings.learn(board, asked)
      this.answered = Date.now() // also kept here, because the browser's storage may be cleared
      write(MEMORY, String(this.answered))
      this.fault = board.recording === false ? "unwritable" : null
      if (outbox.size) outbox.send()
    } catch (fault) {
      this.fault = fault.key ?? "server"
    }
    this.asked = true
    this.dispatchEvent(new Event("changed"))
  }
}
