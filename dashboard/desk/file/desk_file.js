// The desk file: the desk page for use without a server. The script in one_file.html opens it.
import { LendingPage } from "../page/lending_page.js"
import { StorageStatus } from "../page/storage_status.js"
import { entryStorage } from "./entry_storage.js"
import { FileWorkstation } from "./file_workstation.js"

const DAY = 24 * 3_600_000
const OLD = 30 // days
const OFF = 120_000 // ms by which the clock may be behind the file's date
const TICK = 10_000

class DeskFile extends LendingPage {
  constructor(content, workstation, last) {
    super(content, workstation, { desk: last?.desk ?? "", storage: entryStorage, scanning: `relais.scanning.${content.library}` })
    this.keeping = new StorageStatus(workstation, this.speech)
    const acts = { save: () => this.#save(), confirm: () => this.#confirm(), beside: () => this.#writeBeside(), "take-over": () => this.files.click(), erase: () => this.#erase() }
    this.files = this.speech.part("files")
    this.files.addEventListener("change", () => this.#takeOver())
    this.speech.part("beside").hidden = !window.showSaveFilePicker
    const { outbox } = workstation
    this.kept = outbox.kept
    // Every scan changes the outbox, so redraw only if `kept` has changed.
    outbox.addEventListener("changed", () => { if (outbox.kept !== this.kept) this.#tick() })
    setInterval(() => this.#tick(), TICK)
    this.#tick()
    this.open(acts, () => this.#reload())
    this.keeping.look()
  }

  // Reload without the language in the URL, because another may have been chosen since.
  #reload() {
    this.leaving = !this.workstation.outbox.fleeting
    history.replaceState(history.state, "", location.pathname)
    location.reload()
  }

  // Show the workstation's time, which is not verified, and the age of the file.
  #tick() {
    const { speech } = this
    const made = Date.parse(this.content.made)
    const behind = made - Date.now()
    const count = Math.max(0, Math.floor(-behind / DAY))
    const day = speech.dayAndYear(made)
    speech.part("round-age").textContent = speech.say("clock_unchecked", { time: speech.clock(Date.now()) })
    speech.part("file-age").textContent = speech.count("file_age", count, { day })
    const length = window.durations.inWords(behind / 1000)
    this.kept = this.workstation.outbox.kept
    const key = !this.kept ? "unkept" : behind > OFF ? "behind" : count > OLD ? "old" : "file"
    const texts = { state: speech.say(`state_${key}`, { length, count }), then: speech.say(`then_${key}`) }
    speech.show(speech.part("state"), key === "file" ? "state-cut" : "state-act", texts)
  }

  // No browser reports whether a download was saved to a file, so staff must check that and confirm
  // it.
  async #save() {
    this.downloaded = await this.keeping.save()
    this.speech.part("confirm").hidden = !this.downloaded.length
  }

  async #confirm() {
    this.speech.part("confirm").hidden = true
    this.speech.part("saved").textContent = ""
    this.box.focus()
    await this.workstation.saved(this.downloaded)
  }

  async #writeBeside() {
    const file = await window.showSaveFilePicker({ suggestedName: this.keeping.fileName() }).catch(() => null) // the dialog was closed
    if (!file) return
    await this.workstation.writeBeside(file)
    this.speech.part("saved").textContent = this.speech.say("beside", { name: file.name })
  }

  async #takeOver() {
    const [file] = this.files.files
    const wrong = await this.workstation.takeOver(await file.text())
    this.files.value = ""
    this.#say(wrong ? `taken_${wrong}` : "taken", { name: file.name })
  }

  async #erase() {
    this.#say((await this.workstation.erase()) ? "erased" : "not_erased")
  }

  #say(key, values) {
    this.speech.part("file-said").textContent = this.speech.say(key, values)
  }
}

export async function open(content) {
  const workstation = new FileWorkstation(content.library)
  // A browser that is killed may lose data stored outside the outbox, so take the desk and the
  // workstation's name from the last stored line.
  const last = (await workstation.store.all().catch(() => [])).at(-1)?.line
  workstation.named = last?.workstation
  window.desk = new DeskFile(content, workstation, last)
}
