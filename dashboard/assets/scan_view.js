// Draws the scan box: the turn, the question, the rows and the side panel. The box is drawn at most
// once per frame, and only with the newest rows and the rows that need attention. Drawing therefore
// stays fast, even if a turn has 500 rows.
import { isListed } from "relais/list_advice.js"
import { ListView } from "relais/list_view.js"
import { counts, isUnsettled, stands } from "relais/scan_rows.js"
import { PatronView } from "relais/patron_view.js"
import { ordinal } from "relais/wall_clock.js"

const SLOW = 100 // ms after which a scan that is not on disk yet is shown as being written
const SHOWN = 5 // number of recent scans in the side panel
const NEWEST = 30 // number of rows shown for a turn, in addition to those that need attention
const TO_SEE = new Set(["refused", "unkept", "held"])
const ZONE = { timeZone: document.documentElement.dataset.zone }
const CLOCK = new Intl.DateTimeFormat("fr-CH", { ...ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false })
const DATE = new Intl.DateTimeFormat("sv-SE", ZONE)
// Questions whose answers may move every scan of a turn to another patron.
const MOVES = new Set(["missed", "returned", "next"])
const CARD = '[data-do="confirm"],[data-as="card"]' // the button that says that a code is a card
const QUESTIONS = { swapped: "guard-swapped", looks_like_patron: "guard-card" }

export class ScanView {
  // `box` has {root, words, page, outbox, sounds, classifier, today, scanning}.
  constructor(box) {
    Object.assign(this, { box, words: box.words, parts: new Map(), rows: new Map(), all: false, drawing: 0, later: 0 })
    this.lists = new ListView(this)
    this.asked = null // id of the newest undecided row (F3 lends its item), or null
    this.day = new Intl.DateTimeFormat(this.words.locale, { timeZone: "UTC", day: "numeric", month: "long" })
    this.turn = new PatronView(box, this)
  }

  part(name) {
    if (!this.parts.has(name)) this.parts.set(name, this.box.root.querySelector(`[data-part="${name}"]`))
    return this.parts.get(name)
  }

  // Write text only if it has changed, to avoid a needless layout.
  write(name, text) {
    const part = this.part(name)
    if (part.textContent !== String(text)) part.textContent = text
  }

  // Wait until the scan has been written to the disk, so that the box is drawn only once. If
  // writing takes longer than `SLOW`, draw the box anyway.
  drawOnceTaken() {
    this.later ||= setTimeout(() => this.draw(), SLOW)
  }

  draw() {
    this.drawing ||= requestAnimationFrame(() => this.#drawNow())
  }

  #drawNow() {
    clearTimeout(this.later)
    Object.assign(this, { drawing: 0, later: 0 })
    this.turn.draw()
    this.#drawGuard()
    this.#drawRows()
    this.#drawSide()
  }

  // Draw the field and focus it at once: a hidden field cannot be focused, and keys typed before
  // the field has the focus would go into the box. Focus the field again in the next frame: perhaps
  // the field is not shown until then, or a click has just returned the focus to the box.
  focusOnceDrawn(field) {
    this.#drawNow()
    field.focus()
    this.draw()
    requestAnimationFrame(() => field.focus())
  }

  // Whether the question on the screen is still current: a later scan may have raised another
  // question.
  get current() {
    return !this.#preceding() && this.part("guard").dataset.mark === JSON.stringify(this.#question())
  }

  // Whether the answer to the current question may move every scan of the turn to another patron.
  get moving() {
    return MOVES.has(this.box.scanning.question)
  }

  // Announce text to screen readers.
  hear(key, values) {
    if (this.words[key]) this.part("heard").textContent = this.fill(this.words[key], values)
  }

  why(key, code = "") {
    return this.fill(this.words[`why_${key}`] ?? this.words.why_other, { code })
  }

  #drawGuard() {
    const shown = this.#preceding() ?? this.#question()
    const slot = this.part("guard")
    const mark = JSON.stringify(shown)
    if (slot.dataset.mark === mark) return
    Object.assign(slot.dataset, { mark, about: shown?.about ?? "" })
    slot.replaceChildren(...(shown ? [this.form(shown.form, shown.text)] : []))
    if (shown?.without) slot.querySelector(shown.without).remove()
  }

  // Return the message that takes precedence over questions about scans, or null.
  #preceding() {
    const { scanning, page } = this.box
    if (!page.desk()) return { form: "guard-desk", text: { held: this.#held("held", scanning.recording.held) } }
    if (scanning.asking) return this.#asked(scanning.recording.held)
    return null
  }

  #question() {
    const { scanning } = this.box
    const { notice, patron, asked } = scanning.state
    const { doubt, returned, question } = scanning
    const questions = {
      notice: () => ({ form: notice.key === "card_on_cart" ? "guard-carted" : "guard-refused", text: { code: notice.code, why: this.why(notice.key) } }),
      asked: () => ({ form: "guard-complete", text: { code: asked.code, why: this.why(asked.warning) } }),
      unclear: () => this.#unclear(scanning.unclear),
      missed: () => this.#missed(),
      returned: () => this.#returned(returned),
      doubt: () => this.#doubted(doubt),
      patron: () => ({ form: "guard-patron", text: { why: this.why(patron.warning) } }),
      next: () => this.#next(),
    }
    if (question) return questions[question]()
    if (patron?.read) return { form: "guard-read", text: { why: this.why(patron.read, patron.code) } }
    return null
  }

  #unclear({ id, item, reason, maybeCard }) {
    const { scanning } = this.box
    const behind = scanning.rows.behind(id).length
    const waits = behind ? this.turn.count("behind", behind) : ""
    const others = scanning.rows.unsettled.filter(({ state }) => state === "unclear").length - 1
    const more = others ? this.turn.count("more", others) : ""
    const text = { code: item, why: this.#whyUnclear(item, reason), waits: [waits, more].filter(Boolean).join(" ") }
    return { form: "guard-unclear", text, about: id, without: maybeCard ? "" : CARD }
  }

  #whyUnclear(code, reason) {
    const usual = this.box.doubts.lengths.usual("item")
    if (reason !== "length" || usual === null) return this.why(reason === "length" ? "length_first" : reason, code)
    return this.fill(this.words.why_length, { count: code.length, usual })
  }

  #held(key, count) {
    const { [`${key}_none`]: none, [`${key}_one`]: one, [key]: many } = this.words
    return [none, one][count] ?? this.fill(many, { count })
  }

  #asked(count) {
    return { form: count ? "guard-lend-held" : "guard-lend", text: { held: this.#held("asked", count) } }
  }

  #missed() {
    const { patron, earlier: [before] } = this.box.scanning.state.missed
    return { form: this.box.scanning.forgotten ? "guard-missed-card" : "guard-missed", text: { code: patron.code, before: this.#name(before) } }
  }

  // Ask whether the card that opened the turn belongs to the next patron. Also say to whom the
  // scans before this card belong.
  #next() {
    const { scanning } = this.box
    const { patron: { code, since, read }, rows, earlier: [before, first] } = scanning.state
    const lent = scanning.found ? rows.filter((row) => row.found) : before.rows
    const why = read ? this.why(read, code) : ""
    const text = { code, before: this.#name(before), many: this.#many(lent), why, first: first ? this.#name(first) : "" }
    return { form: this.#formOfNext(before), text, about: since }
  }

  // Return a phrase with the number of items in these rows and the codes of the items that still
  // need a decision.
  #many(rows) {
    const standing = rows.filter(stands)
    const count = this.turn.count("items", standing.length)
    const undecided = standing.filter((row) => row.open).map((row) => row.item)
    return undecided.length ? `${count}, ${this.fill(this.words.undecided, { codes: undecided.join(", ") })}` : count
  }

  #formOfNext(before) {
    const { skips, forgotten, found } = this.box.scanning
    if (found) return "guard-found"
    if (skips) return forgotten ? "guard-skipped-card" : "guard-skipped"
    if (forgotten) return "guard-next-card"
    return before.patron ? "guard-next" : "guard-own"
  }

  // Return a label for the turn. If a card was scanned, this is the patron's code. Otherwise, it is
  // the note about the person or, if there is no note, the time at which the turn began.
  #name({ patron, note, begun }) {
    return patron?.code ?? (note || this.fill(this.words.nobody, { time: this.clock(begun).slice(0, 5) }))
  }

  #returned({ id, item }) {
    const { state } = this.box.scanning
    const form = state.mode === "card" ? "guard-item-card" : state.earlier.length ? "guard-items" : "guard-item"
    return { form, text: { code: item, patron: this.#name(state) }, about: id }
  }

  #doubted({ id, warning, item }) {
    const { state: { patron }, rows } = this.box.scanning
    const others = rows.doubts.length - 1
    const more = others ? this.fill(this.words[others === 1 ? "more_one" : "more"], { count: others }) : ""
    const text = { code: item, patron: patron?.code ?? "", why: this.why(warning), more }
    return { form: QUESTIONS[warning] ?? "guard-doubt", text, about: id }
  }

  #drawRows() {
    const { scanning } = this.box
    const { rows } = scanning.state
    const { undecided, unsettled } = scanning.rows
    const body = this.part("rows")
    this.all &&= rows.length > NEWEST
    const ofTurn = this.all ? rows : rows.filter((row, place) => place < NEWEST || row.open || TO_SEE.has(row.state) || isUnsettled(row))
    const shown = [...new Set([...undecided, ...unsettled])].filter((row) => !rows.includes(row)).concat(ofTurn)
    this.part("taken").hidden = !shown.length
    this.part("all").hidden = ofTurn.length === rows.length
    this.write("all", this.fill(this.words.show_all, { count: rows.length }))
    this.part("taken").classList.toggle("taken--cart", rows[0]?.kind === "return")
    const ids = new Set(shown.map((row) => row.id))
    for (const [id, { line, told }] of this.rows) {
      if (ids.has(id)) continue
      line.remove()
      told?.remove()
      this.rows.delete(id)
    }
    this.asked = undecided[0]?.id ?? null
    let below = null // draw from the bottom up: the oldest row is at the bottom
    for (const row of [...shown].reverse()) below = this.#drawRow(row, body, below)
  }

  // Draw a row with the lists' warnings below it, and return the row's line.
  #drawRow(row, body, below) {
    const drawn = this.rows.get(row.id) ?? { line: this.form("row", { number: row.number, item: row.item, time: this.clock(row.made) }), told: null }
    const { line } = drawn
    if (!this.rows.has(row.id)) {
      this.rows.set(row.id, drawn)
      body.insertBefore(line, below)
    }
    const advice = this.lists.shownAdvice(row)
    const isLeft = !this.box.scanning.state.rows.includes(row) // the row belongs to a previous patron
    const texts = { number: isLeft ? "" : row.number, ...(row.kind === "return" ? {} : this.due(row)) }
    const keys = this.#keysOf(row)
    const asksHere = row.state === "unclear" && row.id !== this.part("guard").dataset.about
    const mark = `${asksHere}/${this.#chipOf(row)}/${row.state}/${row.warning}/${row.reason}/${row.overridden}/${JSON.stringify([advice, texts, keys])}`
    if (line.dataset.mark === mark) return line
    line.dataset.mark = mark
    line.classList.toggle("is-void", row.state === "void")
    line.classList.toggle("is-told", advice !== null || isUnsettled(row))
    for (const [name, text] of Object.entries(texts)) line.querySelector(`[data-text="${name}"]`).textContent = text
    line.querySelector('[data-text="state"]').replaceChildren(this.#chip(row))
    const why = advice && isListed(row.warning) ? "" : this.#whyOf(row)
    line.querySelector('[data-text="why"]').textContent = [why, this.#before(row)].filter(Boolean).join(" ")
    drawn.told?.remove()
    drawn.told = advice && this.lists.line(row, advice, { whose: isLeft ? this.fill(this.words.told_whose, { code: this.#nameOf(row) }) : "", keys })
    if (asksHere) drawn.told = this.#settler(row)
    if (drawn.told) line.after(drawn.told)
    return line
  }

  // Return the line that asks what an unclear code is, for a row that the question above the rows
  // is not about.
  #settler({ id, maybeCard }) {
    const line = this.form("settle")
    if (!maybeCard) line.querySelector(CARD).remove()
    line.dataset.whose = id
    return line
  }

  // Return the actions on this row that also have a key: F3 lends the item of the newest
  // undecided row, and F8 voids the last scan.
  #keysOf(row) {
    const last = this.box.scanning.state.rows.find(counts)
    return [...(row.id === this.asked ? ["despite"] : []), ...(row === last ? ["decline"] : [])]
  }

  #nameOf({ patron, note, made }) {
    return this.#name({ patron: patron && { code: patron }, note, begun: made })
  }

  // Return the item's due date and, if the loan period is unusual, the number of days. For a
  // repeated scan, use the loan that the scan repeats. If this workstation does not know that loan,
  // return empty strings.
  due(row) {
    const loan = this.#standing(row)
    if (!loan || isUnsettled(row)) return { due: "", days: "" }
    const { made, item, told } = loan
    const { classifier } = this.box
    const back = new Date(`${classifier.due(DATE.format(new Date(made)), item, told)}T12:00:00Z`)
    const due = ordinal(this.day.format(back), this.words.locale)
    const days = classifier.daysOf(item, told)
    return { due, days: days === classifier.days ? "" : this.fill(this.words.days, { count: days }) }
  }

  #standing(row) {
    if (row.state !== "repeated") return row
    const { scanning, today } = this.box
    const sameLoan = (other) => other.kind === "loan" && other.patron === row.patron
    return scanning.state.rows.find(({ id }) => id === row.repeats) ?? today.events(row.item).findLast(sameLoan) ?? null
  }

  #whyOf({ state, warning, reason, read, overridden, item, told }) {
    if (state === "void" || state === "behind") return ""
    if (state === "unclear") return this.#whyUnclear(item, reason)
    if (state === "repeated") return this.why("repeated")
    if (overridden && isListed(warning)) return this.fill(this.words.told_despite, { said: this.lists.inWords(told) })
    if (overridden) return this.words.overridden
    if (isListed(warning) && !reason) return this.lists.inWords(told)
    const key = reason ?? warning ?? read
    return key ? this.why(key, item) : ""
  }

  // Return a sentence that says in which order the item was lent and put on the cart today. If the
  // row has no earlier events, return "".
  #before({ kind, made, before }) {
    if (!before?.length) return ""
    const did = ([what, at]) => this.fill(this.words[`did_${what}`], { time: this.clock(at).slice(0, 5) })
    return this.fill(this.words.order, { events: [...before, [kind, made]].map(did).join(", ") })
  }

  #chip(row) {
    return this.form(`chip-${this.#chipOf(row)}`)
  }

  #chipOf({ kind, state, doubtful, overridden, warning }) {
    if (state === "kept" && doubtful && !overridden) return isListed(warning) ? "undecided" : "doubt"
    if (state === "held" && this.box.page.desk()) return "asked"
    return state === "kept" && kind !== "loan" ? kind : state
  }

  #drawSide() {
    const { outbox, sounds, scanning } = this.box
    const { held } = scanning.recording
    this.write("waiting", outbox.counted ? outbox.size + held : "…")
    const why = this.box.page.desk() ? "waiting_asked" : "waiting_desk"
    const earlier = this.box.today.unsentOfEarlierDays
    const sentences = [this.words[held ? why : unsentKey(outbox)], earlier ? this.turn.count("waiting_earlier", earlier) : ""]
    this.write("waiting-why", sentences.filter(Boolean).join(" "))
    this.write("sound", sounds.muted ? this.words.sound_off : this.words.sound_on)
    this.part("sound").setAttribute("aria-pressed", String(!sounds.muted))
    this.#drawLists()
    this.#drawTitle(scanning.rows.unsettled.length)
    // The desk page shows the whole log, and therefore has no list of the latest scans.
    if (!this.part("last")) return
    const last = scanning.state.last.slice(0, SHOWN)
    const mark = JSON.stringify(last)
    if (this.part("last").dataset.mark === mark) return
    this.part("last").dataset.mark = mark
    this.part("no-last").hidden = last.length > 0
    this.part("last").replaceChildren(...last.map((row) => this.#drawLast(row)))
  }

  // The number of unsettled scans stands first in the title, for staff who look at another tab.
  #drawTitle(count) {
    const { dataset } = document.body
    const before = dataset.unsettled ?? ""
    const first = count ? `(${count}) ${this.words.unsettled} · ` : ""
    if (first === before) return
    document.title = first + document.title.slice(document.title.startsWith(before) ? before.length : 0)
    dataset.unsettled = first
  }

  #drawLists() {
    const { listsAsOf } = this.box
    this.write("lists", listsAsOf ? this.lists.age(listsAsOf) : this.words.lists_none)
    this.write("lists-why", listsAsOf ? this.lists.outdated(listsAsOf) : "")
  }

  #drawLast(scan) {
    const form = formOf(scan)
    const why = scan.what === "refused" ? this.why(scan.reason) : this.words[`last_${form}`] ?? ""
    const line = this.form("last", { time: this.clock(scan.made), code: scan.code, why })
    line.querySelector('[data-text="form"]').replaceWith(this.form(`form-${form}`))
    line.classList.toggle("is-void", scan.state === "void")
    return line
  }

  form(name, texts = {}) {
    const template = this.box.root.querySelector(`template[data-template="${name}"]`)
    const copy = template.content.firstElementChild.cloneNode(true)
    for (const [key, text] of Object.entries(texts)) {
      for (const element of copy.querySelectorAll(`[data-text="${key}"]`)) element.textContent = text
    }
    return copy
  }

  fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
  }

  clock(made) {
    return CLOCK.format(new Date(made))
  }
}

function unsentKey({ counted, size, kept, trouble }) {
  if (!counted) return "waiting_count"
  if (!size) return "waiting_none"
  if (!kept) return "waiting_unkept"
  return trouble ? `waiting_${trouble}` : "waiting_some"
}

function formOf({ what, kind, state, warning, doubtful, overridden }) {
  if (what === "patron") return warning ? "doubt" : "patron"
  if (what === "refused") return "refused"
  if (state !== "kept") return state
  if (doubtful && !overridden) return isListed(warning) ? "undecided" : "doubt"
  return kind === "waiting" || kind === "return" ? kind : state
}
