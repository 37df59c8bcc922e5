// The last known grid of targets, shown with its age, because it may be out of date.
import { read, write } from "relais/workstation.js"

const MEMORY = "relais.board"
const TICK = 5000
const OLD = 60 // seconds after which a reading is shown in the past tense

export class LastGrid {
  constructor(speech) {
    this.speech = speech
    this.cut = true
    this.known = recalled()
    setInterval(() => this.draw(this.cut), TICK)
  }

  // `heard` is the time (ms) at which the grid was requested. The time at which the answer was read
  // will not do, because the machine may have slept in between.
  learn(board, heard) {
    this.known = { board, heard }
    write(MEMORY, JSON.stringify(this.known))
  }

  // Where to lend, according to the server's last answer, or "" if that is too old.
  get lendIn() {
    const { known } = this
    return known && Date.now() - known.heard < OLD * 1000 ? known.board.lend_in ?? "" : ""
  }

  draw(cut) {
    this.cut = cut
    const { speech, known } = this
    const at = known?.board.last_round
    speech.part("round").hidden = !at
    this.#tell(known?.board.message)
    if (!at) return this.#none()
    // The age of the grid when the server sent it, by the server's clock, plus the time elapsed
    // since the request, by this workstation's clock.
    const then = (Date.parse(known.board.at) - Date.parse(at)) / 1000
    const seconds = then + (Date.now() - known.heard) / 1000
    const age = window.durations.inWords(seconds)
    speech.part("round-age").textContent = seconds < window.durations.FRESH ? speech.say("fresh") : speech.say("ago", { age })
    speech.part("grid-age").textContent = speech.say("grid_at", { time: speech.clock(at), age })
    const past = cut || seconds > OLD
    speech.part("grid").replaceChildren(...this.#tiles(known.board, past ? "was" : "now"))
  }

  // Show the coordinators' last message with the time at which it was sent, because the connection
  // may have been lost since then.
  #tell(message) {
    const { speech } = this
    speech.part("message").hidden = !message
    if (message) speech.show(speech.part("message"), "message", { when: speech.moment(message.at), text: speech.written(message.text) })
  }

  #none() {
    this.speech.part("grid-age").textContent = this.speech.say("grid_none")
  }

  #tiles(board, tense) {
    const cells = board.targets.filter((target) => target.vantage === "server")
    return cells.map(({ target, verdict }) => {
      const form = tense === "was" ? "tile-was" : `tile-now-${verdict}`
      return this.speech.form(form, { name: this.speech.targets[target] ?? target, word: this.speech.say(`${tense}_${verdict}`) })
    })
  }
}

function recalled() {
  try {
    return JSON.parse(read(MEMORY) || "null")
  } catch {
    return null
  }
}
