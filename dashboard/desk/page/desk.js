// The desk page: lends whatever breaks, from files that the service worker keeps.
import { StorageStatus } from "./storage_status.js"
import { Connection } from "./connection.js"
import { WorkstationLog } from "./workstation_log.js"
import { LastGrid } from "./last_grid.js"
import { goBackWhenAnswered, missedPage } from "./return_to_page.js"
import { printSheet } from "./print_sheet.js"
import { Texts } from "./texts.js"
import { CALM, ScanBox } from "relais/scan_box.js"
import { report } from "relais/browser_profile.js"
import { register } from "relais/register_service_worker.js"
import { Workstation, read, write } from "relais/workstation.js"

const PAUSE = 3000 // ms without a scan before it makes room for the whole page
const FIELD = "input:not([type=checkbox]),textarea"
const SETTLED = 60_000 // ms after it was loaded
const DESK = new URL("./", location.href)

class Desk {
  constructor(content, language) {
    this.root = document.body
    this.content = content
    this.root.innerHTML = content.languages[language].page
    document.documentElement.lang = language
    this.speech = new Texts(content, language, this.root)
    this.workstation = new Workstation(DESK)
    this.missed = missedPage()
    this.select = this.root.querySelector("#desk")
    this.select.value = read("relais.desk")
    document.title = `${this.root.querySelector(".sub-brand").textContent} · Relais`
    this.speech.part("workstation").textContent = this.workstation.name()
    this.speech.part("version").textContent = content.version
    this.#compose(content, this.workstation, this.speech)
    this.#listen()
  }

  #compose(content, workstation, speech) {
    this.box = new ScanBox(this.root, {
      words: speech.words, rules: content.rules, doubleRead: content.double_read, workstation,
      page: {
        active: () => true, desk: () => this.select.value, chooseDesk: () => this.select.focus(),
        name: workstation.name(),
        // Without the server nobody knows where to lend, and nobody is asked.
        lendIn: () => (!this.line?.asked ? null : this.line.trouble ? "" : this.readings.lendIn),
      },
    })
    this.readings = new LastGrid(speech)
    this.line = new Connection(workstation, this.readings)
    this.keeping = new StorageStatus(workstation, speech)
    this.log = new WorkstationLog(workstation, speech, this.box)
  }

  #listen() {
    this.select.addEventListener("change", () => { write("relais.desk", this.select.value); this.box.deskChosen(); this.box.focus() })
    // The dashboard beside it may choose another.
    addEventListener("storage", ({ key, newValue }) => { if (key === "relais.desk") { this.select.value = newValue; this.box.deskChosen() } })
    this.root.addEventListener("click", (event) => this.#clicked(event))
    document.addEventListener("keydown", (event) => this.#keyed(event), true)
    addEventListener("beforeunload", (event) => { if ((this.workstation.outbox.size || this.box.holding) && !this.leaving) event.preventDefault() })
    // A file dropped here goes to the loans place: the browser must not leave the page for it.
    for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault())
    const { outbox } = this.workstation
    this.line.addEventListener("changed", () => { this.#showState(); this.#report(); this.#renewWhenOlder() })
    addEventListener("relais:scanner", () => { this.reported = false })
    // Every scan changes the outbox, and hardly ever what the state says.
    outbox.addEventListener("changed", () => { if (outbox.trouble !== this.trouble) this.#showState() })
    this.workstation.addEventListener("superseded", () => this.renew())
    this.#remember()
    this.#offerWholePage()
    this.#showState()
    this.box.takeOver(window.scanner.release())
    this.box.focus()
  }

  // A scanner is a keyboard: its first key takes the focus to the box, wherever it was.
  #keyed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1 || event.key === " ") return
    const here = document.activeElement
    if (!(here instanceof Element && here.matches(FIELD))) this.box.focus()
  }

  #clicked(event) {
    const act = event.target.closest("[data-act]")
    const language = event.target.closest("[data-language]")
    if (language) {
      event.preventDefault()
      write("relais.language", language.dataset.language)
      this.#load()
    } else if (act) this.#act(act)
    else if (!event.target.closest("a,button,summary,input,select,label") && !String(getSelection())) this.box.focus()
  }

  #act(button) {
    const acts = {
      save: () => this.keeping.save(),
      print: () => this.#print(),
      void: () => this.log.takeBack(button.closest("tr").dataset.id),
    }
    acts[button.dataset.act]()
    this.box.focus()
  }

  #print() {
    const { today } = this.box
    const desk = this.content.desks[this.select.value] ?? ""
    printSheet(this.speech, [...today.standing(), ...[...today.waiting().values()].flat()], { desk, workstation: this.workstation.name() })
  }

  #showState() {
    this.trouble = this.workstation.outbox.trouble
    const key = this.line.asked ? this.line.trouble : "asking"
    const since = this.line.since
    const name = ["unreachable", "server"].includes(key) && !since ? "never" : key ?? "up"
    const form = { up: "state-up", asking: "state-cut", never: "state-cut", unreachable: "state-cut" }[name] ?? "state-act"
    const texts = {
      state: this.speech.say(`state_${name}`, { time: since ? this.speech.moment(since) : "" }),
      then: this.speech.say(key === null && this.missed ? "then_back" : `then_${key ?? "up"}`),
    }
    this.speech.show(this.speech.part("state"), form, texts)
    this.readings.draw(Boolean(key))
    this.box.lendInChanged()
    this.keeping.draw()
  }

  // What is reported of this workstation, once a page and after the first scan, when the server answers.
  async #report() {
    const { workstation, keeping } = this
    if (this.reported || this.line.trouble || !this.registered) return
    this.reported = true
    const said = await report({ isKept: keeping.worker, isVdi: keeping.vdi.checked, clock: workstation.clock })
    const here = { workstation: workstation.name(), desk: this.select.value }
    await workstation.courier.send([], { ...here, ...said }).catch(() => { this.reported = false })
  }

  #remember() {
    for (const fold of this.root.querySelectorAll("details[data-fold]")) {
      const kept = read(`relais.fold.${fold.dataset.fold}`)
      if (kept) fold.open = kept === "open"
      fold.addEventListener("toggle", () => write(`relais.fold.${fold.dataset.fold}`, fold.open ? "open" : "closed"))
    }
  }

  // A newer version is here: it is loaded between two readers, when nobody is scanning.
  renew() {
    this.renewing ??= setInterval(() => { if (this.#isFree(CALM)) this.#load() }, 1000)
  }

  // The server has another version, such as other scan rules: the worker is asked to keep it, or
  // without one it is loaded. Servers that disagree are followed once a minute at most.
  #renewWhenOlder() {
    const { version } = this.line
    if (!version || version === this.content.version || performance.now() < SETTLED) return
    if (!navigator.serviceWorker?.controller) return this.renew()
    dispatchEvent(new Event("relais:handbook"))
  }

  async workerChanged() {
    const { version } = await readContent()
    if (version !== this.content.version) this.renew()
  }

  // Whether nobody is in the middle of a reader, and nothing would go with the page.
  #isFree(calm) {
    const { box, workstation: { outbox } } = this
    return !box.busy() && !box.scanning.underway && !outbox.fleeting && performance.now() - box.scannedAt > calm
  }

  // The dashboard's page, at the address that was asked for: at a click, and by itself.
  #offerWholePage() {
    const page = this.missed ?? new URL("../dashboard", DESK)
    this.speech.part("whole").href = page
    this.speech.part("whole").addEventListener("click", () => { this.leaving = !this.workstation.outbox.fleeting })
    const free = () => this.line.asked && !this.line.trouble && !this.workstation.outbox.size && this.#isFree(PAUSE)
    if (this.missed) goBackWhenAnswered(page, free, () => this.#leaveFor(page))
  }

  #load() {
    const back = new URLSearchParams(location.search).get("back")
    this.#leaveFor(back === null ? "./" : `./?back=${encodeURIComponent(back)}`)
  }

  #leaveFor(address) {
    this.leaving = !this.workstation.outbox.fleeting // else the person who asked for it is warned
    location.replace(address)
  }
}

async function readContent() {
  return (await fetch("papers.json")).json()
}

async function start() {
  const content = await readContent()
  const asked = new URLSearchParams(location.search).get("lang")
  if (content.languages[asked]) write("relais.language", asked)
  const language = [asked, read("relais.language"), ...Object.keys(content.languages)].find((one) => content.languages[one])
  const desk = new Desk(content, language)
  window.desk = desk
  desk.keeping.worker = await register(DESK, () => desk.workerChanged())
  desk.registered = true
  desk.keeping.look()
}

start()
