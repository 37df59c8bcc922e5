// The loans of this workstation, newest first; any that stands can be taken back.
import { uuid } from "relais/transaction.js"

const SHOWN = 200
const OFF = 60_000 // ms by which a corrected time is another one to whoever reads it

export class Log {
  constructor(workstation, speech, box) {
    Object.assign(this, { workstation, speech, box, drawing: false })
    workstation.outbox.addEventListener("changed", () => this.draw())
    speech.part("log").closest("details").addEventListener("toggle", () => this.draw())
    this.draw()
  }

  // The loans of today, oldest first: {line, answer, void}.
  async today() {
    const records = await this.workstation.outbox.records()
    const voided = new Map(records.filter(({ line }) => line.kind === "void").map((one) => [one.line.loan, one]))
    const today = this.speech.date(this.workstation.clock.stamp())
    return records
      .filter(({ line, answer }) => line.kind === "loan" && (this.speech.date(line.at) === today || !answer))
      .map((one) => ({ ...one, void: voided.get(one.line.id) }))
  }

  async standing() {
    return (await this.today()).filter((one) => !one.void && one.answer?.state !== "repeated")
  }

  // Drawn once for many changes: a fast scanner makes a hundred a second.
  draw() {
    if (this.drawing) return
    this.drawing = true
    setTimeout(async () => {
      this.drawing = false
      const loans = await this.today()
      const standing = loans.filter((one) => !one.void)
      this.speech.part("log-count").textContent = this.speech.count("loan_count", standing.length)
      const table = this.speech.part("log")
      if (table.closest("details").open) table.replaceChildren(...loans.slice(-SHOWN).reverse().map((one) => this.#row(one)))
    }, 150)
  }

  async takeBack(id) {
    const { outbox } = this.workstation
    const loan = (await this.today()).find((one) => one.line.id === id)
    if (!loan || loan.void) return
    const { desk, workstation } = loan.line
    await outbox.add({ kind: "void", id: uuid(), loan: id, reason: this.speech.say("reason_log"), desk, workstation })
    this.box.strike(id)
  }

  #row({ line, answer, void: taken }) {
    const { speech } = this
    const state = taken ? "void" : answer?.state ?? "here"
    const doubt = answer?.warning && answer.warning !== "renewal" && state === "kept"
    const other = Math.abs(Date.parse(line.at) - Date.parse(line.made_at)) >= OFF
    const row = speech.form("log-row", {
      time: speech.clock(line.at), patron: line.patron, item: line.item, of: ` ${line.item}`,
      made: other ? speech.say("made_at", { time: speech.clock(line.made_at) }) : "",
      state: speech.form(`chip-${doubt ? "doubt" : state}`),
      why: speech.say(`why_${answer?.reason ?? answer?.warning}`),
    })
    row.dataset.id = line.id
    row.classList.toggle("is-void", state === "void")
    if (state === "void") row.querySelector("[data-act]").remove()
    return row
  }
}
