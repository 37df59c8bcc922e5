// Today's transactions at this workstation, newest first: loans, pending loans, and returns on the
// cart. Every valid transaction can be voided.
import { uuid } from "relais/uuid.js"

const SHOWN = 200
const OFF = 60_000 // ms by which the original and corrected times must differ for both to be shown
const OVER = new Set(["void", "refused", "completed"]) // states of rows that cannot be voided here
const NOTES = new Set(["renewal", "lent_and_carted"])

export class WorkstationLog {
  constructor(workstation, speech, box) {
    Object.assign(this, { workstation, speech, box, today: box.today, drawing: false, pressed: false })
    workstation.outbox.addEventListener("changed", () => this.draw())
    speech.part("log").closest("details").addEventListener("toggle", () => this.draw())
    // Replacing a row while its button is pressed would swallow the click.
    speech.part("log").addEventListener("pointerdown", () => { this.pressed = true })
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { if (this.pressed) this.#released() })
    this.draw()
  }

  // Draw once for many changes: a fast scanner causes a hundred changes a second.
  draw() {
    if (this.drawing) return
    this.drawing = true
    setTimeout(() => {
      this.drawing = false
      if (this.pressed) return
      const { speech, today } = this
      speech.part("log-count").textContent = speech.count("loan_count", today.standing().length)
      const carted = today.standing("return").length
      speech.part("cart-count").textContent = carted ? speech.count("cart_count", carted) : ""
      const table = speech.part("log")
      if (table.closest("details").open) table.replaceChildren(...today.rows().slice(-SHOWN).reverse().map((row) => this.#row(row)))
    }, 150)
  }

  #released() {
    this.pressed = false
    this.draw()
  }

  async takeBack(id) {
    const row = this.today.rows().find((row) => row.id === id)
    if (!row || row.void) return
    const { desk, workstation, kind } = row.line
    const whose = kind === "waiting" && row.kind === "loan" ? { patron: row.patron } : {}
    await this.workstation.outbox.add({ kind: "void", id: uuid(), loan: id, reason: this.speech.say("reason_log"), ...whose, desk, workstation })
    this.box.strike(id)
  }

  #row(row) {
    const { speech } = this
    const { line, answer } = row
    const state = this.#state(row)
    const { at } = this.workstation.outbox.corrected(line)
    const other = Math.abs(Date.parse(at) - Date.parse(line.made_at)) >= OFF
    const shown = speech.form("log-row", {
      time: speech.clock(at), patron: this.#who(row), item: row.item, of: ` ${row.item}`,
      made: line.late ? speech.say("late") : other ? speech.say("made_at", { time: speech.clock(line.made_at) }) : "",
      state: speech.form(`chip-${state}`), why: this.#why(row, answer),
    })
    shown.dataset.id = row.id
    shown.classList.toggle("is-void", state === "void")
    if (OVER.has(state)) shown.querySelector("[data-act]").remove()
    return shown
  }

  #state({ kind, line, void: taken, repeated, gone, answer }) {
    if (taken) return "void"
    if (repeated) return "repeated"
    if (gone || answer?.ended) return answer.ended ?? "completed"
    const state = answer?.state === "repeated" ? "kept" : answer?.state ?? "here"
    if (state !== "kept") return state
    if (answer.warning && !line.overridden && answer.warning !== "repeated" && !NOTES.has(answer.warning)) return "doubt"
    return kind === "loan" ? "kept" : kind
  }

  #who({ kind, patron, note, cart }) {
    if (kind === "waiting") return note ?? ""
    return kind === "return" ? this.speech.say(cart ? "on_cart_named" : "on_cart", { cart }) : patron
  }

  // Return why the transaction is doubtful or was refused. If its item was both lent and put on the
  // cart, also say in which order.
  #why({ item, line, void: taken, repeated }, answer) {
    if (taken) return ""
    const key = repeated ? "repeated" : answer?.reason ?? answer?.warning
    const events = this.today.events(item)
    const both = new Set(events.map((event) => event.kind)).size > 1
    const order = events.map((event) => this.speech.say(`did_${event.kind}`, { time: this.speech.clock(event.at) }))
    const why = line.overridden ? this.speech.say("overridden") : key ? this.speech.say(`why_${key}`) : ""
    return [why, both ? this.speech.say("order", { events: order.join(", ") }) : ""].filter(Boolean).join(" ")
  }
}
