// A page for lending without a server session, with the scan box, the log, the printed sheet, the
// collapsible sections and the choice of language. It is the base of the desk page and of the desk
// file.
import { WorkstationLog } from "./workstation_log.js"
import { printSheet } from "./print_sheet.js"
import { Texts } from "./texts.js"
import { ScanBox } from "relais/scan_box.js"
import { NAMELESS, read, write } from "relais/workstation.js"

export class LendingPage {
  // `desk` is the initial desk; `storage` stores the tab's open turn under the key `scanning`.
  constructor(content, workstation, { desk, storage, scanning }) {
    this.root = document.body
    const asked = new URLSearchParams(location.search).get("lang")
    const language = [asked, read("relais.language"), ...Object.keys(content.languages)].find((code) => content.languages[code])
    Object.assign(this, { content, workstation, speech: new Texts(content, language, this.root) })
    this.root.innerHTML = content.languages[language].page
    document.documentElement.lang = language
    this.select = this.root.querySelector("#desk")
    this.select.value = desk
    document.title = `${this.root.querySelector(".sub-brand").textContent} · Relais`
    const name = workstation.name()
    this.speech.part("own-name").title = name
    if (!name.startsWith(NAMELESS)) this.speech.part("workstation").textContent = name
    this.speech.part("version").textContent = content.version
    this.box = new ScanBox(this.root, {
      words: { ...this.speech.words, slips: content.slips }, rules: content.rules, doubleRead: content.double_read, workstation,
      page: {
        active: () => true, desk: () => this.select.value, chooseDesk: () => setTimeout(() => this.select.focus()),
        name, lendIn: () => this.lendIn(), storage, scanning,
      },
    })
    this.log = new WorkstationLog(workstation, this.speech, this.box)
  }

  // `acts` are the actions of the subclass's own buttons, keyed by their `data-act`.
  // `reload` reloads the page.
  open(acts, reload) {
    this.acts = {
      print: () => this.#print(),
      void: (button) => this.log.takeBack(button.closest("tr").dataset.id),
      ...acts,
    }
    this.reload = reload
    this.select.addEventListener("change", () => { this.deskChosen(); this.box.deskChosen(); this.box.focus() })
    this.root.addEventListener("click", (event) => this.#clicked(event))
    addEventListener("beforeunload", (event) => { if ((this.workstation.outbox.size || this.box.holding) && !this.leaving) event.preventDefault() })
    // Ignore dropped files: they can be imported only on the loans page, and the browser would
    // leave this page to open them.
    for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault())
    this.#remember()
    this.box.takeOver()
    this.box.focus()
  }

  deskChosen() {}

  // Without the server, the page cannot know where to lend, so it does not ask staff to confirm
  // that they lend here (see scan_session.js).
  lendIn() {
    return ""
  }

  #clicked(event) {
    const act = event.target.closest("[data-act]")
    const language = event.target.closest("[data-language]")
    if (language) {
      event.preventDefault()
      write("relais.language", language.dataset.language)
      this.reload()
    } else if (act) {
      this.acts[act.dataset.act](act)
      this.box.focus()
      // If `detail` is 0, a button was pressed with a key, so leave the focus where it is.
    } else if (event.detail && !event.target.closest("a,summary,input,select,label") && !String(getSelection())) this.box.focus()
  }

  #print() {
    const { today } = this.box
    const desk = this.content.desks[this.select.value] ?? ""
    printSheet(this.speech, [...today.standing(), ...[...today.pending().values()].flat()], { desk, workstation: this.workstation.name() })
  }

  #remember() {
    for (const fold of this.root.querySelectorAll("details[data-fold]")) {
      const kept = read(`relais.fold.${fold.dataset.fold}`)
      if (kept) fold.open = kept === "open"
      fold.addEventListener("toggle", () => write(`relais.fold.${fold.dataset.fold}`, fold.open ? "open" : "closed"))
    }
  }
}
