// The scan box on a page. The box handles keystrokes and clicks, and responds with sounds and
// messages. Its logic is in scan_session.js, and its appearance is in scan_view.js.
import { scanned } from "relais/browser_profile.js"
import { CodeDoubts } from "relais/code_doubts.js"
import { PendingUpdates } from "relais/pending_updates.js"
import { ScanClassifier } from "relais/scan_classification.js"
import { ScannerCheck } from "relais/scanner_check.js"
import { ScanView } from "relais/scan_view.js"
import { ScanSession } from "relais/scan_session.js"
import { isAboutCard, isListed } from "relais/list_advice.js"
import { isUnsettled } from "relais/scan_rows.js"
import { CARDS } from "relais/transaction_kinds.js"
import { Sounds } from "relais/sounds.js"
import { TodaysTransactions } from "relais/todays_transactions.js"

const SOUND_OF = { here: "taken", same: "taken", patron: "next", next: "next", held: "warning", asked: "warning", warning: "warning", unclear: "refused", refused: "refused", unkept: "refused" }
// The sounds for a list's warning, keyed by whether the warning is about the account (true) or the
// item (false).
const SOUND_OF_LIST = { true: "account", false: "item" }
export const CALM = 20_000 // ms without a scan before a page may reload on its own
// Actions that answer the question on the screen. If a later scan has just raised another question,
// these actions must not answer the new question.
const ANSWERS = new Set(["swap", "turn", "skipped", "drop", "confirm", "neither"])
const TWICE = 400 // ms; a second F9 this soon after the first is ignored if it would move scans
const LEFT_ALONE = 1000 // ms; a letter that no key follows within this time does not begin a code
const KEYS = { Escape: "next", F2: "card", F3: "despite", F4: "cart", F6: "swap", F7: "turn", F8: "undo", F9: "confirm" }

export class ScanBox {
  // `root` contains the rendered template `scan`. `words` holds the sentences of the box by key,
  // and `rules` holds the rules for classifying scans. For `doubleRead`, see scan_session.js.
  // `workstation` is this browser's `Workstation`. `page` describes the page: {desk, chooseDesk,
  // name, active, lendIn, listsPending, listsAsOf, storage, scanning}.
  // - `listsPending()` says whether another part of the page lists the pending loans.
  // - `listsAsOf()` says when the server's lists were exported.
  // - `storage` stores the open turn, under the key that `scanning` holds.
  constructor(root, { words, rules, doubleRead, page, workstation }) {
    Object.assign(this, { root, words, page, outbox: workstation.outbox, last: "", scannedAt: -Infinity, confirmedAt: -Infinity })
    this.sounds = new Sounds(localStorage)
    this.classifier = new ScanClassifier(rules)
    this.doubts = new CodeDoubts(localStorage, this.classifier)
    this.check = new ScannerCheck(root, { words, classifier: this.classifier })
    this.stamp = () => workstation.clock.stamp()
    this.today = new TodaysTransactions(workstation, doubleRead)
    this.following = new PendingUpdates(workstation, this.today)
    this.scanning = new ScanSession({
      storage: page.storage ?? sessionStorage, outbox: this.outbox, stamp: this.stamp, desk: page.desk, lendIn: page.lendIn, key: page.scanning, workstation: page.name,
      classifier: this.classifier, today: this.today, lists: workstation.lists, cart: () => this.view.turn.cartName, doubleRead,
      nobody: (made) => this.view.fill(words.nobody, { time: this.view.clock(made).slice(0, 5) }),
      learn: (code, place) => this.doubts.learn(code, place),
      tell: (event) => this.#hear(event),
    })
    this.lists = workstation.lists
    this.view = new ScanView(this)
    this.input = this.view.part("input")
    this.shown = () => (page.active() ? this.input : null)
    window.scanner.box = this.shown
    this.#listen()
    this.lists?.keepFor(this.classifier.lists.kept_ms).then(() => this.draw())
    this.lists?.read?.then(() => { this.scanning.lookUp(); this.draw() })
    this.lists?.opened?.then(() => this.draw())
    this.#recall(workstation.store)
    this.deskChosen()
  }

  // Once a desk is chosen, record the held scans, unless they are being held for another reason.
  deskChosen() {
    this.lendInChanged()
  }

  // Update the box after `page.lendIn()` has changed. It says whether to lend in Alma or in Relais.
  lendInChanged() {
    this.scanning.release()
    this.draw()
  }

  // Whether there are scans that are not recorded anywhere and would be lost with the page.
  get holding() {
    return this.scanning.state.held.length + this.scanning.rows.unsettled.length > 0
  }

  // Take a scan. `scan` is the detail of "relais:end" or "relais:scan" (scanner_keys.js).
  take(scan) {
    this.scannedAt = performance.now()
    this.view.turn.openSlip(false)
    if (!scan.text.trim()) return
    const { place } = this.scanning
    const { code, doubt } = this.doubts.read(scan, place)
    if (scan.follows && doubt && this.doubts.isRest(code, this.last)) this.scanning.join(this.last, code, this.words.reason_joined)
    else {
      if (!doubt) this.doubts.learn(code, place)
      this.scanning.scan(code, doubt)
    }
    this.last = code
    this.view.drawOnceTaken()
  }

  // The export time of the lists in this browser. If this browser has no lists, this is the export
  // time of the server's lists, or "" if the server has no lists either.
  get listsAsOf() {
    return this.lists?.asOf || this.page.listsAsOf?.() || ""
  }

  strike(id) {
    this.scanning.strike(id)
    this.draw()
  }

  draw() {
    this.view.draw()
  }

  // Take the scans that were made before this box existed, and the beginning of a code that is
  // still arriving. That code may be in `frame`, the field that was shown in place of the box.
  // Staff must say what a code is if nobody could see where it went.
  takeOver(frame = null) {
    const { scans, begun } = window.scanner.release(this.input, frame)
    this.input.value += begun
    for (const { text, early, place = "loans" } of scans) {
      if (place === "loans") this.take({ text, early })
      else this.scanning.scan(text, "elsewhere")
    }
    this.draw()
  }

  focus() {
    this.input.focus({ preventScroll: true })
  }

  busy() {
    return this.input.value !== ""
  }

  close() {
    this.following.close()
    this.today.close()
    window.removeEventListener("keydown", this.onKey)
    window.removeEventListener("relais:scan", this.onScan)
    if (window.scanner.box === this.shown) window.scanner.box = () => null
    for (const [name, listener] of Object.entries(this.listeners)) this.outbox.removeEventListener(name, listener)
  }

  #listen() {
    this.listeners = {
      changed: () => this.draw(),
      settled: ({ detail }) => { this.scanning.settled(detail); this.draw() },
      ended: () => { this.scanning.leave(); this.draw() },
    }
    for (const [name, listener] of Object.entries(this.listeners)) this.outbox.addEventListener(name, listener)
    this.onKey = (event) => this.#pressed(event)
    window.addEventListener("keydown", this.onKey)
    this.onScan = (event) => this.#scannedElsewhere(event)
    window.addEventListener("relais:scan", this.onScan)
    this.input.addEventListener("relais:end", ({ detail }) => this.#ended(detail))
    this.root.addEventListener("click", (event) => this.#clicked(event))
    this.root.addEventListener("keydown", (event) => this.#entered(event), true)
  }

  // Update the rows whose outcome was still unknown when the page was reloaded.
  async #recall(store) {
    const ids = this.scanning.rows.unsure
    if (!ids.length) return
    const records = await store.find(ids).catch(() => null)
    if (records) this.scanning.recall(ids, records)
    this.draw()
  }

  // A pause while typing by hand does not end the code.
  #ended(scan) {
    const { text, byHand, end } = scan
    if (byHand && !end) return
    this.input.value = ""
    if (!byHand) this.#scannedHere()
    if (this.#isName(text, byHand)) this.#name(text.trim())
    else this.take(scan)
  }

  // If this place is shown, take a scan that was made outside the box.
  #scannedElsewhere(event) {
    if (!this.page.active()) return
    event.preventDefault()
    this.#scannedHere()
    this.take(event.detail)
    this.focus()
  }

  #scannedHere() {
    scanned()
    this.check.ask()
  }

  // Whether the input is a note on who has the items, typed by hand after a patron forgot the card.
  // A note has letters, no digits and no known shape. A barcode typed by hand has digits.
  #isName(text, byHand) {
    if (this.scanning.state.mode !== "card" || !byHand || /\d/.test(text)) return false
    const { form, repaired } = this.classifier.classify(text, "item")
    return /\p{L}.*\p{L}/u.test(text) && !form && repaired !== "keyboard"
  }

  #name(name) {
    this.scanning.named(name, this.words.reason_named)
    this.view.turn.showNote()
    this.view.hear("heard_noted", { code: name })
    this.draw()
  }

  #pressed(event) {
    const act = KEYS[event.key]
    if (!this.page.active() || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (this.view.turn.slipOpen && /^\p{L}$/u.test(event.key) && !this.#inOtherField(event)) this.#chooseLanguage(event)
    if (!act) return
    // Escape in another field belongs to that field, unless the field is one of the turn's fields.
    if (event.key === "Escape" && this.#inOtherField(event) && !event.composedPath()[0].closest(".who")) return
    event.preventDefault()
    if (event.key === "Escape" && this.view.turn.slipOpen) this.#do("slip")
    else if (!event.repeat) this.#do(act)
  }

  // If the letter chooses a language and does not begin a scan, print the slip and remove the
  // letter from the box. A letter that chooses no language may begin a code typed by hand. Such a
  // letter is removed later, and only if no other key follows.
  #chooseLanguage(event) {
    const { turn } = this.view
    const language = turn.languageOf(event.key)
    const choose = () => {
      if (!turn.slipOpen || !["", event.key].includes(this.input.value)) return false
      this.input.value = ""
      if (language) turn.printSlip(language)
      return true
    }
    if (language) window.scanner.alone(event, choose)
    else setTimeout(choose, LEFT_ALONE)
  }

  #inOtherField(event) {
    const origin = event.composedPath()[0]
    return origin !== this.input && origin instanceof Element && origin.matches("input,textarea,select")
  }

  // A scanner ends each code with Enter. The buttons that decide whether to record a scan therefore
  // ignore Enter, and react only to the space bar or a click.
  #entered(event) {
    if (event.key === "Enter" && event.target.closest('[data-do="anyway"],[data-do="forgo"],[data-do="despite"],[data-do="decline"],[data-do="settle"],[data-do="neither"]')) event.preventDefault()
  }

  #clicked(event) {
    const chosen = event.target.closest("[data-do]")
    if (chosen) this.#do(chosen.dataset.do, chosen.closest("[data-whose]")?.dataset.whose, chosen.dataset.as)
  }

  #do(act, whose, as) {
    const { scanning, words, view: { turn } } = this
    const isStale = ANSWERS.has(act) && !this.view.current
    if (isStale || (act === "confirm" && this.#bounced()) || !this.#canDo(act, whose)) {
      this.sounds.play("refused")
      return
    }
    const waits = () => this.today.pending().get(whose) ?? []
    const acts = {
      next: () => { this.input.value = ""; scanning.next() },
      swap: () => scanning.swap(words.reason_swap),
      turn: () => scanning.turn(words),
      skipped: () => scanning.skipped(words),
      undo: () => this.#undo(),
      neither: () => scanning.settle(scanning.unclear.id, "neither"),
      settle: () => scanning.settle(whose, as),
      drop: () => scanning.drop(words.reason_drop),
      confirm: () => scanning.confirm(words),
      despite: () => scanning.despite(whose ?? this.view.asked, words.reason_despite),
      decline: () => scanning.decline(whose, words.reason_decline),
      card: () => { scanning.begin("card"); turn.askWho() },
      cart: () => scanning.begin("cart"),
      await: () => scanning.await(waits()),
      abandon: () => { for (const row of waits()) scanning.takeBack(row, words.reason_abandon) },
      late: () => turn.enter(true),
      "leave-late": () => scanning.enter(null),
      all: () => { this.view.all = true },
      slip: () => turn.openSlip(!turn.slipOpen),
      "print-slip": () => turn.printSlip(whose),
      desk: () => this.page.chooseDesk(),
      anyway: () => { scanning.lendAnyway(); this.focus() },
      forgo: () => { scanning.forgo(); this.focus() },
      scanner: () => this.check.open(),
      "scanner-later": () => this.check.dismiss(),
      sound: () => { this.sounds.muted = !this.sounds.muted },
    }
    acts[act]?.()
    this.draw()
  }

  // Whether there is something for this key to act on. If not, the key must not be silent.
  #canDo(act, whose) {
    const { scanning } = this
    const { question, doubt, unclear } = scanning
    const isUnclear = question === "unclear"
    const able = {
      swap: () => doubt?.warning === "swapped",
      turn: () => isUnclear || scanning.forgotten !== null || scanning.returned !== null || CARDS.has(doubt?.warning),
      confirm: () => (isUnclear ? unclear.maybeCard : question !== null),
      undo: () => scanning.undoable !== null,
      despite: () => Boolean(whose ?? this.view.asked),
    }
    return able[act]?.() ?? true
  }

  #undo() {
    const { undoable } = this.scanning
    if (undoable.item && !isUnsettled(undoable)) this.doubts.unlearn(undoable.item, "item")
    this.scanning.undo(this.words.reason_undo)
  }

  #bounced() {
    const before = this.confirmedAt
    this.confirmedAt = performance.now()
    return this.view.moving && this.confirmedAt - before < TWICE
  }

  #hear({ what, code, key, number }) {
    const sound = what === "warning" && isListed(key) ? SOUND_OF_LIST[isAboutCard(key)] : SOUND_OF[what]
    if (sound) this.sounds.play(sound)
    this.draw()
    const why = key ? this.view.why(key, code) : ""
    this.view.hear(`heard_${what}`, { code, number, why })
  }
}
