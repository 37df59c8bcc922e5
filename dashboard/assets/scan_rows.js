// The rows of the turn and the last scans of this page, each with its state.
import { isAboutCard, isListed } from "relais/list_advice.js"
import { CARDS } from "relais/transaction_kinds.js"

const LAST = 30 // number of scans that can still be undone or looked up
// Warnings from the server that cast no doubt on a loan.
const NOTES = new Set(["renewal", "repeated", "late", "lent_and_carted"])
// States of a row that counts but has no answer from the server yet: the row is being written to
// this workstation's disk, is on the disk, or is only in this page's memory.
const HERE = new Set(["writing", "here", "unkept"])
// A `held` row is written once the reason to hold it is gone, for example once a desk is chosen.
const WRITING = new Set(["writing", "held"])
const STANDING = new Set([...HERE, "held", "kept"])
// An `unclear` row is a code of which staff must say what it is. An item is `behind` it if it was
// scanned after a code that may be a card: it is then unclear who has the item. These rows are not
// recorded yet.
const UNSETTLED = new Set(["unclear", "behind"])

// A row stands unless it was voided, refused or completed, or is `repeated`: a second read of a
// label. Once the first read is voided, the second read stands. Until then, the second read does
// not stand but still counts: it can be undone, and it moves to another patron together with the
// rows that stand. The same is true of unsettled rows.
export const stands = (row) => STANDING.has(row.state)
export const isUnsettled = (row) => UNSETTLED.has(row.state)
export const counts = (row) => stands(row) || row.state === "repeated" || isUnsettled(row)

// A row is {id, kind: "loan" | "waiting" | "return" | "complete", number, made, patron, item,
// warning, state, open, overridden, repeats, told, news, …}. A row is `open` while its doubt is
// unresolved. `told` contains the lists' warnings. `news` contains the warnings that no earlier row
// of the same patron has shown.
export class ScanRows {
  // `state.rows` holds the rows of the open turn, and `state.last` the last scans, newest first. A
  // scanned item is in both lists.
  constructor(state) {
    this.state = state
  }

  add(row) {
    this.state.rows.unshift(row)
    this.remember({ ...row, note: undefined, what: "row", code: row.item })
  }

  // Replace a row with a new row for the same scan, once the row's question has been answered.
  replace(row, fresh) {
    const rows = this.#turnOf(row)
    rows.splice(rows.indexOf(row), 1, fresh)
    this.state.last = this.state.last.map((entry) => (entry.id === row.id ? { ...fresh, what: "row", code: fresh.item } : entry))
  }

  remember(scan) {
    this.state.last = [scan, ...this.state.last].slice(0, LAST)
  }

  // Take a row back that was not recorded.
  remove(row) {
    const rows = this.#turnOf(row)
    rows.splice(rows.indexOf(row), 1)
    this.state.last = this.state.last.filter(({ id }) => id !== row.id)
  }

  // The rows of each turn: first the open turn, then the earlier turns.
  get #turns() {
    const { rows, earlier, missed, left } = this.state
    const turns = missed ? [missed, ...missed.earlier] : earlier
    return [rows, ...[...turns, ...left].map((turn) => turn.rows)]
  }

  get lists() {
    return [...this.#turns, this.state.last]
  }

  #turnOf(row) {
    return this.#turns.find((rows) => rows.includes(row))
  }

  // Return every copy of a row. `id` is the row's own id, or the id of the loan that was created
  // when the row was completed.
  all(id) {
    return this.lists.flat().filter((row) => row.id === id || row.loan === id)
  }

  // Rows of the open turn with an unresolved doubt about the scan, newest first.
  get doubts() {
    return this.state.rows.filter((row) => row.open && stands(row) && !isListed(row.warning))
  }

  // Rows of all turns with an unresolved doubt from a list, newest first.
  get undecided() {
    return this.#turns.flat().filter((row) => row.open && stands(row) && isListed(row.warning))
  }

  // The unsettled rows of all turns, newest first.
  get unsettled() {
    return this.#turns.flat().filter(isUnsettled)
  }

  // The rows that are behind the unclear row with this id, up to the next unclear row.
  behind(id) {
    const rows = this.#turns.find((turn) => turn.some((row) => row.id === id)) ?? []
    const after = rows.slice(0, rows.findIndex((row) => row.id === id)).reverse()
    const end = after.findIndex(({ state }) => state === "unclear")
    return after.slice(0, end < 0 ? undefined : end).filter(({ state }) => state === "behind")
  }

  // Return the rows whose doubts are resolved together with this row's doubt, newest first. If
  // the doubt is about a card, all rows of the turn with the same doubt are resolved together.
  decidedWith(id) {
    const row = this.undecided.find((undecided) => undecided.id === id)
    if (!row) return []
    const isAbout = (other) => other === row || (isAboutCard(row.warning) && other.warning === row.warning)
    return this.#turnOf(row).filter((other) => isAbout(other) && stands(other) && !other.overridden)
  }

  // The row to ask about, or null. Normally, this is the newest doubtful row, because its item is
  // at hand. If some doubtful rows may be cards, the oldest of those rows comes first, because that
  // row determines to whom all later scans belong.
  get doubt() {
    const { doubts } = this
    return doubts.findLast((row) => CARDS.has(row.warning)) ?? doubts[0] ?? null
  }

  // The newest scan that can be voided, or null.
  get newest() {
    return this.state.last.find((row) => (row.what === "patron" ? row.state !== "void" : counts(row))) ?? null
  }

  // Rows of the open turn that have neither an answer from the server nor a warning from a list,
  // newest first.
  get unread() {
    return this.state.rows.filter((row) => stands(row) && !row.answered && !row.told && !row.overridden)
  }

  // The ids of the rows whose outcome was not known yet when the page was reloaded.
  get unsure() {
    return this.lists.flat().filter((row) => HERE.has(row.state)).map((row) => row.id)
  }

  // Return the earlier scan of the same label if the two scans are less than `within` (ms) apart,
  // or null. The given scan is then a second read.
  first({ kind, patron, item, made }, within) {
    const same = (row) => row.kind === kind && row.patron === patron && row.item === item
    return this.state.rows.find((row) => same(row) && stands(row) && Math.abs(made - row.made) < within) ?? null
  }

  repeatsOf(id) {
    return this.state.rows.filter((row) => row.repeats === id)
  }

  wrote(id, kept) {
    for (const row of this.all(id)) if (WRITING.has(row.state)) row.state = kept ? "here" : "unkept"
  }

  hold(id) {
    for (const row of this.all(id)) if (row.state === "writing") row.state = "held"
  }

  // Apply the server's answer about a row, and return the event to report, {what, key}.
  settle({ id }, answer) {
    const doubtful = answer.warning != null && !NOTES.has(answer.warning)
    let fresh = false
    for (const row of this.all(id)) {
      const told = this.advise(row, answer.told)
      const news = doubtful && row.warning !== answer.warning && !row.overridden
      const asks = news && !(isAboutCard(answer.warning) && this.#asked(row, answer.warning))
      const stays = row.freed && answer.state === "repeated"
      // The doubt was resolved at another desk, or the current handbook no longer asks about it.
      if (isListed(row.warning) && !answer.warning && !row.overridden) Object.assign(row, { open: false, warning: null })
      if (HERE.has(row.state)) row.state = stays ? "kept" : answer.state
      else if (row.state === "void" && HERE.has(row.was)) row.was = answer.state
      if (answer.ended) row.state = answer.ended // ended at another workstation
      Object.assign(row, { answered: true, doubtful, reason: answer.reason ?? null })
      row.warning = stays ? row.warning : answer.warning ?? row.warning
      row.open ||= asks && stands(row)
      if (row.kind === "complete" && stands(row)) delete row.note // the note is no longer needed
      fresh ||= asks || told
    }
    const what = answer.state === "refused" ? "refused" : fresh ? "warning" : "kept"
    return { what, key: answer.reason ?? answer.warning ?? answer.told?.[0].reason }
  }

  // Apply the warnings from this browser's lists to a new row; the server uses its own lists.
  doubtByLists(row, told = [], { acts } = {}) {
    this.advise(row, told)
    const asked = told.find(({ reason }) => acts[reason] === "ask" && !(isAboutCard(reason) && this.#decided(row, reason)))
    if (!asked || row.warning) return
    const open = !(isAboutCard(asked.reason) && this.#asked(row, asked.reason))
    Object.assign(row, { warning: asked.reason, open, overridden: false })
  }

  // Add the lists' warnings to a row, and return whether any of them must be shown. A warning about
  // a card is shown once per patron.
  advise(row, told = []) {
    const known = new Set((row.told ?? []).map(({ reason }) => reason))
    const more = told.filter(({ reason }) => !known.has(reason))
    if (!more.length) return false
    const news = more.filter(({ reason }) => !isAboutCard(reason) || !this.#shown(row, reason))
    Object.assign(row, { told: [...row.told ?? [], ...more], news: [...row.news ?? [], ...news] })
    return news.length > 0 && !row.overridden
  }

  #shown(row, reason) {
    return this.#othersOf(row).some(({ news }) => news?.some((advice) => advice.reason === reason))
  }

  // Whether another row of the same patron has the same unresolved doubt about the card.
  #asked(row, reason) {
    return this.#othersOf(row).some(({ open, warning }) => open && warning === reason)
  }

  // Whether staff have already lent to this patron despite a list's warning with this reason.
  #decided(row, reason) {
    return this.#othersOf(row).some(({ overridden, told }) => overridden && told?.some((advice) => advice.reason === reason))
  }

  #othersOf({ id, patron }) {
    return this.lists.flat().filter((row) => row.patron === patron && row.id !== id && stands(row))
  }

  // Void a row. If the label was read twice, the second read then stands.
  strike(id) {
    for (const row of this.all(id)) Object.assign(row, { was: row.state, state: "void", open: false })
    for (const rows of this.lists) this.#free(rows, id)
  }

  // Restore a row that the server refused to void.
  restore(id) {
    for (const row of this.all(id)) row.state = HERE.has(row.was) ? "kept" : row.was ?? "kept"
  }

  // Update the rows whose outcome was not known yet when the page was reloaded.
  recall(ids, known) {
    for (const id of ids) {
      const record = known.get(id)
      if (record?.answer) this.settle(record.line, record.answer)
      for (const row of this.all(id)) {
        if (!HERE.has(row.state)) continue
        if (record) row.state = "here"
        else Object.assign(row, { state: "refused", reason: "not_taken", open: false })
      }
    }
  }

  #free(rows, id) {
    const [heir, ...others] = rows.filter((row) => row.repeats === id && row.state === "repeated").reverse()
    if (!heir) return
    Object.assign(heir, { state: heir.answered ? "kept" : "here", repeats: null, freed: true })
    heir.warning = heir.warning === "repeated" ? null : heir.warning
    for (const other of others) other.repeats = heir.id
  }
}
