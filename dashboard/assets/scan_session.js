// Lending at the desk: the open turn, its scanned items, and the doubts about them. This module
// does not use the DOM, so tests, the dashboard and the desk page can all use it.
import { TransactionRecorder } from "relais/transaction_recorder.js"
import { CARDS, KINDS } from "relais/transaction_kinds.js"
import { USERS } from "relais/scan_classification.js"
import { isAboutCard } from "relais/list_advice.js"
import { counts, isUnsettled, stands } from "relais/scan_rows.js"
import { SavedState } from "relais/session_storage.js"
import { uuid } from "relais/uuid.js"

// `mode` is the kind of turn:
//
//   lend      for a patron with a card, or before any card is scanned
//   card      for somebody who forgot the card; `note` says who
//   cart      for returns
//   complete  for the card that completes the pending loans in `waits`; the card is scanned next
//
// `earlier` holds the previous turns that ended only because the next card was scanned, newest
// first: {mode, patron, rows, note, begun}. The oldest turn may belong to somebody without a card;
// the others all belong to patrons with cards. `notice` is the refusal to show. `asked` is the
// doubtful card that staff must accept before it completes the loans in `waits`. `returned` is the
// id of the row that F9 made from a card. `missed` is the last turn, if staff ended it before
// anything was lent; `missed.earlier` holds the turns before that turn.
const NOBODY = {
  mode: "lend", patron: null, rows: [], notice: null, note: "", begun: null, waits: [], asked: null, earlier: [], returned: null,
  missed: null,
}
// `anyway` is the time (ms) at which staff last lent here while Alma was answering. For a while
// after that time, staff need not confirm again that they lend here. `left` holds the turns that
// have ended and still have unsettled rows (scan_rows.js), newest first.
const EMPTY = { ...NOBODY, last: [], late: null, held: [], anyway: null, left: [] }
const ANYWAY_HOLDS = 30 * 60_000 // ms without a scan after which staff are asked again
const LONGEST_NOTE = 80
const EARLIER = 5 // number of turns that F9 can go back, one at a time
// Doubts about scans that cannot be cards. A card that is scanned directly after such a scan
// replaces the scan.
const SLIPS = new Set(["partial", "glued", "isbn", "address"])

export class ScanSession {
  // - `classifier` classifies scans (scan_classification.js).
  // - `today` holds the earlier transactions (todays_transactions.js).
  // - `lists` holds this browser's lists (browser_lists.js), or is undefined.
  // - `outbox` stores and sends transactions.
  // - `desk()` returns the code of the circulation desk, or "" until a desk is chosen.
  // - `cart()` returns the name of the cart.
  // - `stamp()` returns the workstation's time in ms.
  // - `nobody(made)` returns the note for items if staff have not noted who has them.
  // - `doubleRead` is a time in ms. If the same label is scanned again within this time, the
  //   scanner is assumed to have read the label twice.
  // - `lendIn()` returns where to lend: "alma"; "relais" in an outage; "" while it cannot be known;
  //   and null until the server has been asked.
  // - `learn(code, place)` is told that an unclear code is an item or a patron's card.
  // - `tell(event)` reports an event: {what: "patron" | "next" | "same" | "here" | "held" |
  //   "asked" | "unclear" | "kept" | "warning" | "refused" | "void" | "unkept", code, key, number}.
  //
  // Scans are held (transaction_recorder.js) until a desk is chosen. New scans are also held while
  // `lendIn()` is "alma", unless staff have confirmed that they want to lend here.
  constructor({ storage, classifier, today, lists, cart, doubleRead, learn = () => {}, lendIn = () => "", key = "relais.scanning", ...recording }) {
    Object.assign(this, { classifier, today, lists, cart, doubleRead, learn, lendIn })
    const { desk, stamp, tell, nobody } = recording
    Object.assign(this, { desk, stamp, tell, nobody })
    this.session = new SavedState(storage, key, EMPTY)
    this.state = this.session.state
    this.recording = new TransactionRecorder({ ...recording, state: this.state, asks: () => this.asks, waits: () => this.asks || this.lendIn() === null, moved: () => this.session.keepSoon() })
    this.rows = this.recording.rows
  }

  // Take a scanned code. `doubt` says why staff must say what it is (code_doubts.js), or is null.
  scan(text, doubt = null) {
    const code = text.trim()
    if (!code) return
    this.release()
    if (this.lendIn() === "alma" && !this.asks) this.state.anyway = this.stamp()
    const { mode, patron, missed } = this.state
    Object.assign(this.state, { notice: null, returned: null, missed: null })
    this.#leave(missed?.earlier ?? [])
    if (mode === "complete") this.#identify(code, doubt)
    else if (doubt && !(doubt === "elsewhere" && this.#isBlurred)) this.#wonder(code, doubt)
    else if (mode === "cart") this.#return(code)
    else if (mode === "card" || patron || this.#isBlurred) this.#inTurn(code)
    else this.#patron(code)
    this.session.keep()
  }

  // Take a code that may be the rest of `before`, the last scan. Staff must say what the two are
  // together, so the last scan is taken back.
  join(before, text, reason) {
    const newest = this.undoable
    const isLast = (newest?.item ?? newest?.code)?.toLowerCase() === before.toLowerCase()
    if (isLast) this.undo(reason)
    this.scan(isLast ? before + text : text, "cut")
  }

  // The unsettled row that staff are asked about first, or null.
  get unclear() {
    const unclear = this.rows.unsettled.filter(({ state }) => state === "unclear")
    return unclear.reduce((newest, row) => (row.made > newest.made ? row : newest), unclear[0] ?? null)
  }

  // Say what the unclear row with this id is: an "item" or a "card" of the turn in which it was
  // scanned, or "neither" of them.
  settle(id, as) {
    const row = this.rows.unsettled.find((unsettled) => unsettled.id === id && unsettled.state === "unclear")
    if (!row || (as === "card" && !row.maybeCard)) return
    this.#within(row, () => this.#settle(row, as))
    this.session.keep()
  }

  // The kind of code that is expected next: "patron" or "item". This is the classifier's `place`.
  get place() {
    const { mode, patron } = this.state
    return mode === "complete" || (mode === "lend" && !patron) ? "patron" : "item"
  }

  // Whether staff must confirm before lending anything new here, because Alma is answering.
  get asks() {
    const { anyway } = this.state
    return this.lendIn() === "alma" && (anyway === null || this.stamp() - anyway > ANYWAY_HOLDS)
  }

  // Whether to show the question that `asks` calls for. It is always shown if scans are being held
  // for it. Otherwise it is hidden in two cases: while staff are entering loans from paper (these
  // were made in an outage), and while a card is expected for earlier loans.
  get asking() {
    const { mode, late, held } = this.state
    return this.asks && (held.some((scan) => !scan.free) || (late === null && mode !== "complete"))
  }

  // Lend here even though Alma is answering, and record the scans held so far.
  lendAnyway() {
    this.state.anyway = this.stamp()
    this.release()
    this.session.keep()
  }

  // Drop the held scans, because their items were lent in Alma.
  forgo() {
    this.recording.forgo()
    this.next()
  }

  // Whether something is under way here: a turn that has begun, or the entry of loans from paper.
  get underway() {
    const { mode, patron, late } = this.state
    return mode !== "lend" || patron !== null || late !== null
  }

  // Record the scans that no longer need to be held. During an outage, reset `anyway`, so that
  // staff are asked again after the outage.
  release() {
    if (this.lendIn() === "relais") this.state.anyway = null
    this.recording.release()
  }

  next() {
    const { rows, earlier } = this.state
    const missed = earlier.length && !rows.some(counts) ? { ...this.#turn, earlier } : null
    this.#open({ missed })
    this.session.keep()
  }

  // After a sign-out in this browser, keep only the scans that are not recorded anywhere, and the
  // decision to lend here.
  leave() {
    this.#open({})
    const { held, anyway } = this.state
    const left = this.state.left.map((turn) => ({ ...turn, rows: turn.rows.filter(isUnsettled) }))
    Object.assign(this.state, structuredClone(EMPTY), { held, anyway, left })
    this.session.keep()
  }

  // Begin another kind of turn: for somebody without a card, or for returns on the cart.
  begin(mode) {
    this.next()
    Object.assign(this.state, { mode, begun: this.stamp() })
    this.session.keep()
  }

  // Set the note that says who has the items of this turn.
  noted(text) {
    this.state.note = text
    this.session.keep()
  }

  // Add text to the note after items of the turn have been scanned, and record these items again
  // with the whole note.
  named(text, reason) {
    const { note, rows } = this.state
    this.state.note = [note, text].filter(Boolean).join(", ").slice(0, LONGEST_NOTE)
    const lent = rows.filter(counts).reverse()
    this.recording.withdraw(rows, reason)
    this.state.rows = []
    this.#again(lent)
    this.session.keep()
  }

  // Wait for the card of the patron who has the items of the pending loans. `waits` holds these
  // loans, as rows from todays_transactions.js.
  await(waits) {
    this.begin("complete")
    this.state.waits = waits.map(({ id, made, item, note, turn }) => ({ id, made, item, note, turn }))
    this.session.keep()
  }

  // Begin the entry of loans from paper: the next loans are recorded as made at the time `late`
  // (ms). If `late` is null, end the entry of loans from paper.
  enter(late) {
    if (late === this.state.late) return
    this.next()
    this.state.late = late
    this.session.keep()
  }

  // The scan that `undo` voids, or null. It is the newest row of the open turn. If the turn
  // has no rows, it is the card that opened the turn. If there is no such card either, it is the
  // newest earlier scan.
  get undoable() {
    const { patron, rows } = this.state
    return rows.find(counts) ?? (patron ? { what: "patron", code: patron.code } : this.rows.newest)
  }

  undo(reason) {
    const newest = this.undoable
    if (newest?.what === "patron") this.#undoPatron(newest.code)
    else if (newest) this.recording.void(newest, reason)
    this.#leave([])
    this.session.keep()
  }

  get doubt() {
    return this.rows.doubt
  }

  // The row that F9 made from a card, or null. Until the next scan, F7 can make this row the next
  // patron's card again.
  get returned() {
    return this.state.rows.find((row) => row.id === this.state.returned && counts(row)) ?? null
  }

  // Void the doubtful scan.
  drop(reason) {
    if (this.doubt) this.recording.void(this.doubt, reason)
    this.session.keep()
  }

  // The key of the question that must be answered first, or null if there is none.
  get question() {
    const { notice, asked, missed, patron, rows, earlier } = this.state
    const { unclear } = this
    const isOfTurn = rows.includes(unclear)
    if (notice) return "notice"
    if (asked) return "asked"
    if (isOfTurn && !(this.doubt?.made > unclear.made)) return "unclear"
    if (missed) return "missed"
    if (this.returned) return "returned"
    if (this.doubt) return "doubt"
    if (patron?.warning && !patron.overridden) return "patron"
    // Right after a card, the keys are about this card.
    if (unclear && (rows.some(counts) || !earlier.length)) return "unclear"
    return earlier.length ? "next" : null
  }

  // The turn of somebody without a card, or null. A card ended this turn after items had been
  // scanned, so the card may belong to the same person. This is the turn before the open (or
  // missed) turn. But if `skips` is true, it is the turn before that.
  get forgotten() {
    const { question, skips } = this
    const { earlier, missed } = this.state
    const turns = question === "missed" ? missed.earlier : question === "next" && !this.found ? earlier : []
    const before = turns[skips ? 1 : 0]
    return before?.mode === "card" && before.rows.some(counts) ? before : null
  }

  // Whether F7 has moved the items of somebody without a card to the current patron.
  get found() {
    return this.state.rows.some((row) => row.found && counts(row))
  }

  // Whether staff are asked about the previous turn: nothing was lent in that turn, so the card
  // that opened it may be an item of the turn before.
  get skips() {
    const { earlier: [empty, before] } = this.state
    return this.question === "next" && before !== undefined && !empty.rows.some(counts)
  }

  // Answer the current question with F9. A doubtful scan is confirmed, and its loan records the
  // confirmation. If the question is about the card that began the turn, the card becomes an item
  // of the previous turn. But if F7 has moved items to the card's patron (`found`), F9 moves these
  // items back instead. `reasons` holds the reason to record for each kind of void.
  confirm(reasons) {
    const { doubt } = this
    const { mode, patron, rows, asked, notice, earlier, missed } = this.state
    const answers = {
      notice: () => {
        if (notice.key === "card_on_cart") this.#item(notice.code, notice.made, [...CARDS])
        else this.state.notice = null // the notice hides other questions
      },
      asked: () => this.#complete(asked.code, true),
      unclear: () => this.settle(this.unclear.id, "card"),
      missed: () => {
        this.#open(missed)
        this.#back(reasons.reason_item)
      },
      returned: () => {
        if (earlier.length) this.#back(reasons.reason_item)
        else if (mode === "card") this.#forward(this.returned, reasons.reason_turn)
        else this.state.returned = null
      },
      doubt: () => this.recording.confirm(doubt, reasons.reason_confirm),
      patron: () => {
        patron.overridden = true
        const about = rows.filter((row) => stands(row) && row.warning === patron.warning && !row.overridden)
        for (const row of about.reverse()) this.recording.confirm(row, reasons.reason_confirm)
      },
      next: () => (this.found ? this.#lose(reasons.reason_turn) : this.#back(reasons.reason_item)),
    }
    answers[this.question]?.()
    this.session.keep()
  }

  // Lend the item of the row with this id, despite a list's warning about the item or the patron's
  // card. If the warning is about the card, lend all the patron's items.
  despite(id, reason) {
    for (const row of this.rows.decidedWith(id).reverse()) this.recording.confirm(row, reason)
    this.session.keep()
  }

  // Do not lend the item of the row with this id, because a list flags the item or its patron's
  // card. If the list flags the card, lend none of the patron's items.
  decline(id, reason) {
    this.recording.withdraw(this.rows.decidedWith(id), reason)
    this.session.keep()
  }

  // Answer the current question with F7. An unclear code is an item. Otherwise, treat the doubtful
  // scan as the next patron's card. All later scans move to that patron and keep
  // their times. But if a card ended the turn of somebody without a card (`forgotten`), treat that
  // card as the missing card, and move the items of that turn to the card's patron.
  turn(reasons) {
    if (this.question === "unclear") {
      this.settle(this.unclear.id, "item")
      return
    }
    const { missed } = this.state
    const doubtful = CARDS.has(this.doubt?.warning) ? this.doubt : null
    const card = this.returned ?? doubtful
    if (this.forgotten) {
      if (missed) this.#open(missed)
      const find = () => this.#find(reasons.reason_found)
      if (this.skips) this.#before(find)
      else find()
    } else if (card) this.#forward(card, reasons.reason_turn)
    this.session.keep()
  }

  // If nothing was lent in the previous turn, treat the card that opened that turn as an item of
  // the turn before.
  skipped(reasons) {
    if (!this.skips) return
    this.#before(() => this.#back(reasons.reason_item))
    this.session.keep()
  }

  // Swap an item scanned as a patron's card with the card scanned after it as an item. All later
  // scans then belong to the card's patron.
  swap(reason) {
    const card = this.doubt
    if (card?.warning !== "swapped") return
    const { rows, patron } = this.state
    const again = card.state !== "held"
    const others = rows.filter((row) => counts(row) && row.item !== card.item).reverse()
    this.recording.withdraw(rows, reason)
    this.#patron(card.item)
    this.#item(patron.code, this.state.late ?? patron.since, [], again)
    this.#again(others)
    this.session.keep()
  }

  // Apply the server's answers, each given as {line, answer}. An answer is {id, state, warning,
  // reason}; its state is `kept`, `repeated` (an earlier loan counts instead) or `refused`.
  settled(results) {
    const refused = this.recording.settled(results)
    if (refused) this.state.notice = { key: refused, code: "" }
    this.session.keepSoon()
  }

  recall(ids, records) {
    this.rows.recall(ids, new Map(records.map((record) => [record.line.id, record])))
    this.session.keep()
  }

  // Show the warnings about earlier scans once this browser's lists are loaded.
  lookUp() {
    for (const row of this.rows.unread.reverse()) {
      this.#lookUp(row)
      if (row.state !== "writing" && row.news?.length) this.tell({ what: "warning", code: row.item, key: row.warning ?? row.news[0].reason, number: row.number })
    }
    this.session.keep()
  }

  // Void a row from todays_transactions.js.
  takeBack(row, reason) {
    this.recording.void(row, reason)
    this.session.keep()
  }

  // Show a loan as voided after somebody voided it in the log.
  strike(id) {
    this.rows.strike(id)
    this.session.keep()
  }

  // Handle a scan within a turn. A code that is not a card is an item. A card begins the next
  // patron's turn, except in these cases:
  //
  // - If the card is already an item of this turn, it is an item again.
  // - If a misread scan began this turn (`SLIPS`) and there are no items yet, the card replaces
  //   that scan.
  // - If some other code that is not a card began this turn and nothing has been lent yet, the card
  //   is an item. The two codes may have been swapped, so staff are asked.
  //
  // Once staff have confirmed the code that began the turn, the last two cases no longer apply.
  // If somebody without a card has no items yet, a scanned card belongs to that person, who has
  // found it.
  #inTurn(code) {
    const { patron, rows } = this.state
    const { text, kind } = this.classifier.classify(code, "patron")
    if (this.#isBlurred) {
      const isItem = kind !== "card" || rows.some((row) => row.item === text && counts(row))
      if (isItem) this.#item(code)
      else this.#switch(code)
      return
    }
    if (text.toLowerCase() === patron?.code.toLowerCase()) {
      this.tell({ what: "same", code: text })
      return
    }
    const trusted = !patron || USERS.has(patron.kind) || patron.overridden
    const slipped = SLIPS.has(patron?.warning) && !patron.overridden && !rows.length
    const known = rows.some((row) => row.item === text && stands(row))
    if (kind !== "card" || known) this.#item(code)
    else if (slipped) this.#patron(code)
    else if (trusted || rows.some(stands)) this.#switch(code)
    else this.#item(code)
  }

  // The open turn, so it can be restored.
  get #turn() {
    const { mode, patron, rows, note, begun } = this.state
    return { mode, patron, rows, note, begun }
  }

  #switch(code, since = this.stamp()) {
    const before = this.#turn
    const { earlier } = this.state
    const hasPatron = before.patron || before.mode === "card"
    this.#patron(code, before.patron || before.rows.some(counts) ? "next" : "patron", since)
    this.state.earlier = [...(hasPatron ? [before] : []), ...earlier].slice(0, EARLIER)
    this.#leave([])
  }

  // Open a turn in place of the open one; `turn` holds what differs from `NOBODY`.
  #open(turn) {
    const { earlier, missed } = this.state
    const ended = [this.#turn, ...earlier, ...(missed?.earlier ?? [])]
    Object.assign(this.state, structuredClone(NOBODY), turn)
    this.#leave(ended)
  }

  // Keep the unsettled rows of turns that have ended: these turns and those that had ended before.
  #leave(ended) {
    const { rows, earlier, missed, left } = this.state
    const under = new Set([rows, ...[...earlier, ...(missed?.earlier ?? [])].map((turn) => turn.rows)])
    const others = [...ended, ...left].filter((turn) => turn.rows.some(isUnsettled) && !under.has(turn.rows))
    this.state.left = others.filter((turn, place) => others.findIndex(({ rows: same }) => same === turn.rows) === place)
  }

  // Whether it is unclear who has the next item of this turn, because a code may be a card.
  get #isBlurred() {
    return this.state.rows.some(({ state, maybeCard }) => state === "unclear" && maybeCard)
  }

  // Add a code to the open turn, for staff to say what it is. If it was read twice, ask once.
  #wonder(code, doubt, made = this.state.late ?? this.stamp()) {
    const isKnown = this.state.rows.some((row) => row.state === "unclear" && row.item === code)
    if (!isKnown) this.#addUnsettled({ state: "unclear", item: code, made, reason: doubt, maybeCard: this.state.mode !== "cart" })
    this.tell({ what: "unclear", code, key: doubt })
  }

  #addUnsettled(row) {
    this.rows.add({ ...row, id: uuid(), number: this.state.rows.length + 1, open: false })
  }

  // Call `act` with the turn of this row open, and then open the current turn again.
  #within(row, act) {
    const has = ({ rows }) => rows.includes(row)
    const stack = [this.state.earlier, this.state.missed?.earlier ?? [], this.state.left].find((turns) => turns.some(has))
    if (!stack) {
      act()
      this.#leave([])
      return
    }
    const open = { ...this.state }
    const place = stack.findIndex(has)
    const [turn] = stack.splice(place, 1)
    Object.assign(this.state, structuredClone(NOBODY), turn, { left: [] })
    act()
    const isNobodys = this.state.mode === "card" && turn.mode !== "card" // the items wait for a card
    stack.splice(place, 0, ...(isNobodys ? [turn] : [this.#turn, ...this.state.earlier, ...this.state.left]))
    for (const key of [...Object.keys(NOBODY), "left"]) this.state[key] = open[key]
    this.#leave(this.state.earlier.splice(EARLIER))
  }

  // Say what an unclear row of the open turn is. The rows behind it follow it: they are items of
  // the same turn, or of the turn that the card begins. If the code was neither an item nor a card,
  // nobody knows who has these items, so they wait for a card.
  #settle(row, as) {
    const { rows, mode, patron } = this.state
    if (as !== "neither") this.learn(row.item, as === "card" ? "patron" : "item")
    const behind = rows.slice(0, rows.indexOf(row)).filter(isUnsettled).reverse()
    if (as === "neither") this.rows.strike(row.id)
    for (const settled of as === "neither" ? behind : [row, ...behind]) this.rows.remove(settled)
    if (as === "card") {
      this.#switch(row.item, row.made)
      this.state.patron.overridden = this.state.patron.warning !== null
    } else if (!this.#isBlurred && (as === "item" ? mode === "lend" && !patron : row.maybeCard && behind.length)) {
      this.#open({ mode: "card", begun: row.made })
    }
    if (as === "item") this.#item(row.item, row.made, null)
    this.#again(behind)
  }

  // Call `act` with the previous turn open, as if the card that opened this turn had not been
  // scanned yet. Then open this turn again.
  #before(act) {
    const open = this.#turn
    const [before, ...earlier] = this.state.earlier
    Object.assign(this.state, before, { earlier })
    act()
    Object.assign(this.state, open, { earlier: [this.#turn, ...this.state.earlier], returned: null })
  }

  // Treat the card that opened this turn as an item of the previous turn, and move the items of
  // this turn there too.
  #back(reason) {
    const { patron, rows, earlier: [before, ...earlier] } = this.state
    const theirs = rows.filter(counts).reverse()
    this.recording.withdraw(rows, reason)
    this.#open({ ...before, earlier })
    this.#item(patron.code, this.state.late ?? patron.since, [...CARDS])
    const [card] = this.state.rows
    this.#again(theirs)
    this.state.returned = card.id
  }

  // Treat the row as the next patron's card; all later scans then belong to that patron.
  #forward(card, reason) {
    const { rows } = this.state
    const place = rows.indexOf(card)
    const theirs = rows.slice(0, place).filter((row) => counts(row) && row.item !== card.item).reverse()
    this.recording.withdraw(rows.slice(0, place + 1), reason)
    Object.assign(this.state, { rows: rows.slice(place + 1), returned: null })
    this.#switch(card.item, card.made)
    this.#again(theirs)
  }

  // Lend the items of the previous turn to the current patron, who had forgotten the card and has
  // found it.
  #find(reason) {
    const { rows, earlier: [before] } = this.state
    const theirs = before.rows.filter(counts).reverse()
    this.recording.withdraw(before.rows, reason)
    before.rows = []
    this.#again(theirs)
    const found = this.state.rows.splice(0, theirs.length)
    for (const row of found) row.found = true
    rows.push(...found)
  }

  // Undo `#find`: the current patron is somebody else after all, so the items are pending again.
  #lose(reason) {
    const { rows } = this.state
    const theirs = rows.filter((row) => row.found && counts(row))
    this.recording.withdraw(theirs, reason)
    this.state.rows = rows.filter((row) => !row.found)
    this.#before(() => this.#again(theirs.reverse()))
  }

  // Void the scan of a patron's card. If the card opened the current turn, open the previous turn
  // again.
  #undoPatron(code) {
    const card = this.state.last.find((scan) => scan.what === "patron" && scan.code === code && scan.state !== "void")
    if (card) card.state = "void"
    const [before, ...earlier] = this.state.patron ? this.state.earlier : []
    this.#open({ ...before, earlier })
    this.tell({ what: "void", code })
  }

  // Record the scans of these rows again in the current turn. The rows must be in order, oldest
  // first; the scans keep their times.
  #again(rows) {
    for (const { item, made, overridden, warning, was, state, reason, maybeCard } of rows) {
      if ((was ?? state) === "unclear") this.#addUnsettled({ state: "unclear", item, made, reason, maybeCard })
      // A decision on a list's warning about one card does not apply to another card.
      else this.#item(item, made, overridden && !isAboutCard(warning) ? [warning] : [], ![undefined, "held", "behind"].includes(was))
    }
  }

  #patron(code, what = "patron", since = this.stamp()) {
    const classified = this.classifier.classify(code, "patron")
    const { text, kind, form, warning } = classified
    const read = this.#readAs(code, classified)
    this.#open({})
    this.state.patron = { code: text, since, kind, name: form, warning, read, overridden: false }
    this.lists?.prepare(text)
    this.rows.remember({ what: "patron", code: text, made: since, warning })
    const key = warning ?? read
    this.tell({ what: what === "patron" && key ? "warning" : what, code: text, key })
  }

  // Record the return of an item. Returns need no card, so a card is refused unless it is already
  // an item of this turn.
  #return(code) {
    const { text, kind } = this.classifier.classify(code, "item")
    const known = this.state.rows.some((row) => row.item === text && stands(row))
    if (kind === "card" && !known) this.#refuse(text, "card_on_cart")
    else this.#item(code)
  }

  // Record the scan of an item. `answered` holds the doubts that staff have already resolved, or is
  // null if they have resolved every doubt about the code. `again` means that the scan has already
  // been recorded and is now being corrected. If it is unclear who has the item, it waits.
  #item(code, made = this.state.late ?? this.stamp(), answered = [], again = false) {
    if (this.#isBlurred) {
      this.#addUnsettled({ state: "behind", item: code, made })
      this.tell({ what: "unclear", code, key: "behind" })
      return
    }
    const { kind, of } = KINDS[this.state.mode]
    const classified = this.classifier.classify(code, "item")
    const note = this.state.note || this.nobody(made)
    const row = { id: uuid(), kind, made, again, item: classified.text, ...of({ ...this.state, note, cart: this.cart() }) }
    Object.assign(row, this.#doubtOf(classified, row), { read: this.#readAs(code, classified), late: this.state.late !== null })
    const first = this.rows.first(row, this.doubleRead)
    if (!first) this.#lookUp(row)
    if (answered === null || answered.includes(row.warning)) Object.assign(row, { open: false, overridden: true })
    const [state, repeats] = first ? ["repeated", first.id] : ["writing", null]
    Object.assign(row, { number: this.state.rows.length + 1, state, repeats, open: row.open && !first })
    this.state.notice = null
    this.rows.add(row)
    this.recording.take(row)
  }

  #lookUp(row) {
    const rules = this.classifier.lists
    if (row.kind !== "return") this.rows.doubtByLists(row, this.lists?.adviceOn(row, row.made, rules), rules)
  }

  // Return the doubt about an item (`warning`), whether staff must resolve it (`open`), and today's
  // earlier events of the item (`before`). Staff are asked only once about a doubt that concerns
  // the patron. They are not asked about the return of an item that was lent here.
  #doubtOf(classified, { kind, item }) {
    const { patron } = this.state
    const before = this.today.events(item).map((event) => [event.kind, event.made])
    const cart = before.at(-1)?.[0] === "return"
    if (kind !== "loan") {
      const about = { waiting: cart ? "on_cart" : null, return: before.length && !cart ? "lent_and_carted" : null }[kind]
      return { warning: classified.warning ?? about, open: classified.warning !== null || about === "on_cart", before }
    }
    const pair = this.classifier.pairDoubt({ ...patron, text: patron.code }, classified)
    const known = pair === "swapped" && patron.overridden ? "looks_like_patron" : pair
    const users = known !== null && known === patron.warning && known !== classified.warning
    const warning = known ?? (cart ? "on_cart" : null)
    return { warning, open: warning !== null && !users, overridden: users && patron.overridden, before: cart ? before : [] }
  }

  // Return the key of the message that names the keyboard layout of a converted scan, or null if
  // the scan was not converted.
  #readAs(code, { repaired }) {
    return repaired === "keyboard" ? `keyboard_${this.classifier.keyboard(code)}` : null
  }

  // Complete the pending loans with this card. If the card is doubtful, staff must accept it first;
  // the turn stays open until they do.
  #identify(code, doubt) {
    const { text, warning: ofShape } = this.classifier.classify(code, "patron")
    const warning = doubt ?? ofShape
    this.state.asked = warning ? { code: text, warning } : null
    if (warning) this.tell({ what: "warning", code: text, key: warning })
    else this.#complete(text, false)
  }

  #complete(patron, overridden) {
    for (const row of this.state.waits) this.recording.complete(row, patron, overridden)
    this.next()
  }

  #refuse(code, reason) {
    const made = this.state.late ?? this.stamp()
    this.state.notice = { key: reason, code, made }
    this.rows.remember({ what: "refused", code, made, reason })
    this.tell({ what: "refused", code, key: reason })
  }
}
