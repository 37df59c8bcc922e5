// The desk page, which keeps lending possible whatever breaks. The service worker stores the page's
// files.
import { StorageStatus } from "./storage_status.js"
import { Connection } from "./connection.js"
import { LastGrid } from "./last_grid.js"
import { LendingPage } from "./lending_page.js"
import { goBackWhenAnswered, missedPage } from "./return_to_page.js"
import { CALM } from "relais/scan_box.js"
import { report } from "relais/browser_profile.js"
import { register } from "relais/register_service_worker.js"
import { Workstation, read, write } from "relais/workstation.js"

const GIVEN = "relais_enrolled="
const PAUSE = 3000 // ms without a scan before the desk page gives way to the dashboard's page
const SETTLED = 60_000 // ms after loading before another version on the server may cause a reload
const DESK = new URL("./", location.href)

class Desk extends LendingPage {
  constructor(content) {
    super(content, new Workstation(DESK), { desk: read("relais.desk") })
    const { workstation, speech } = this
    this.missed = missedPage()
    this.readings = new LastGrid(speech)
    this.line = new Connection(workstation, this.readings)
    this.keeping = new StorageStatus(workstation, speech)
    this.#listen()
    this.open({ save: () => this.keeping.save() }, () => this.#load())
  }

  deskChosen() {
    write("relais.desk", this.select.value)
  }

  lendIn() {
    if (!this.line?.asked) return null
    return this.line.trouble ? super.lendIn() : this.readings.lendIn
  }

  #listen() {
    // Another desk may be chosen on a dashboard page in the same browser.
    addEventListener("storage", ({ key, newValue }) => { if (key === "relais.desk") { this.select.value = newValue; this.box.deskChosen() } })
    const { outbox } = this.workstation
    this.line.addEventListener("changed", () => { this.#showState(); this.#report(); this.#renewWhenOlder() })
    addEventListener("relais:scanner", () => { this.reported = false })
    // Every scan changes the outbox, so redraw only if `trouble` has changed.
    outbox.addEventListener("changed", () => { if (outbox.trouble !== this.trouble) this.#showState() })
    this.workstation.addEventListener("superseded", () => this.renew())
    this.#offerWholePage()
    this.#showState()
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

  // Send the report on this workstation when the server answers: once per page load, and again
  // after the first scan of the day.
  async #report() {
    const { workstation, keeping } = this
    if (this.reported || this.line.trouble || !this.registered) return
    this.reported = true
    const what = await report({ isKept: keeping.worker, isVdi: keeping.vdi.checked, clock: workstation.clock })
    const where = { workstation: workstation.name(), desk: this.select.value }
    await workstation.courier.send([], { ...where, ...what }).catch(() => { this.reported = false })
  }

  // Load the newer version as soon as no patron is being served and nobody is scanning.
  renew() {
    this.renewing ??= setInterval(() => { if (this.#isFree(CALM)) this.#load() }, 1000)
  }

  // If the server has another version, for example with other scan rules, ask the worker to store
  // it or, without a worker, load it. If two servers have different versions, the page switches
  // between them at most once a minute.
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

  // Whether the page can be left: no patron is being served, and nothing would be lost.
  #isFree(calm) {
    const { box, workstation: { outbox } } = this
    return !box.busy() && !box.scanning.underway && !outbox.fleeting && performance.now() - box.scannedAt > calm
  }

  // Link to the dashboard's page. If the server failed to send a page, link to that page, and also
  // return to it automatically.
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
    this.leaving = !this.workstation.outbox.fleeting // otherwise the browser asks the user whether to leave the page
    location.replace(address)
  }
}

async function readContent() {
  return (await fetch("papers.json")).json()
}

// Take over the name and desk that the enrolment has just given to this workstation.
function takeEnrolment() {
  const given = document.cookie.split("; ").find((pair) => pair.startsWith(GIVEN))
  if (!given) return
  document.cookie = `${GIVEN};path=/;max-age=0`
  const { name, desk } = JSON.parse(decodeURIComponent(given.slice(GIVEN.length)))
  write("relais.workstation", name)
  if (desk) write("relais.desk", desk)
}

async function start() {
  const content = await readContent()
  takeEnrolment()
  const asked = new URLSearchParams(location.search).get("lang")
  if (content.languages[asked]) write("relais.language", asked)
  const desk = new Desk(content)
  window.desk = desk
  desk.keeping.worker = await register(DESK, () => desk.workerChanged())
  desk.registered = true
  desk.keeping.look()
}

start()
