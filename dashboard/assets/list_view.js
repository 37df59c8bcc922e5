// Shows the lists' warnings about a loan below its row.
import { isListed } from "relais/list_advice.js"
import { stands } from "relais/scan_rows.js"

const DATE = new Intl.DateTimeFormat("sv-SE", { timeZone: document.documentElement.dataset.zone })
const DAY = 86_400_000 // ms
const LATE = DAY + 2 * 3_600_000 // age (ms) of lists at which newer lists are overdue

export class ListView {
  // `view` is the `ScanView` that this view belongs to.
  constructor(view) {
    Object.assign(this, { view, words: view.words })
  }

  // Return the remark on lists exported at `asOf`: newer lists are overdue, or these lists have
  // expired. The remark is empty for last night's lists.
  outdated(asOf) {
    const now = this.view.box.stamp()
    const silent = Date.parse(asOf) + this.view.box.classifier.lists.stale_ms
    if (now >= silent) return this.words.told_silent
    return now - Date.parse(asOf) > LATE ? this.view.fill(this.words.told_late, this.#moment(new Date(silent))) : ""
  }

  // Say when a list was exported: today, yesterday, or on an earlier day.
  age(asOf) {
    const made = new Date(asOf)
    const now = this.view.box.stamp()
    const [day, today, yesterday] = [made, now, now - DAY].map((at) => DATE.format(at))
    const key = { [today]: "told_today", [yesterday]: "told_yesterday" }[day] ?? "told_on"
    return this.view.fill(this.words[key], this.#moment(made))
  }

  // Return {asks, advice}: whether to ask staff to decide, and the warnings to show below the row.
  // Return null if there are no warnings.
  shownAdvice({ open, warning, told, news, overridden, ...row }) {
    if (!stands(row) || overridden) return null
    const asks = Boolean(open && isListed(warning))
    const advice = (asks ? told : news) ?? [] // a question covers all the warnings about the loan
    return advice.length ? { asks, advice } : null
  }

  // Return the line to show below a row. `whose` names the patron if their turn is over; `keys` are
  // the actions that have a key on this row.
  line({ id }, { asks, advice }, { whose, keys }) {
    const line = this.view.form(asks ? "told-ask" : "told", { whose })
    const reasons = advice.map((item) => this.view.form("told-reason", { reason: this.#label(item), age: this.#listOf(item) }))
    line.querySelector("[data-said]").replaceWith(...reasons)
    line.dataset.whose = id
    for (const button of line.querySelectorAll("[data-do]")) {
      if (!keys.includes(button.dataset.do)) button.querySelector("kbd").remove()
    }
    return line
  }

  inWords(told = []) {
    return told.map((advice) => `${this.#label(advice)} (${this.#listOf(advice)}).`).join(" ")
  }

  #label({ reason }) {
    return this.words[`told_${reason}`] ?? reason
  }

  #listOf({ as_of }) {
    return this.view.fill(this.words.told_list, { age: this.age(as_of) })
  }

  #moment(at) {
    return { time: this.view.clock(at).slice(0, 5), day: this.view.day.format(new Date(`${DATE.format(at)}T12:00:00Z`)) }
  }
}
