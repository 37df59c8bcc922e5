// The scan box on a Panel page.
import { CALM, ScanBox } from "relais/scan_box.js"
import { Workstation } from "relais/workstation.js"

const FIELDS = "input,textarea,select,option,label,summary"
const SHOWN = ["desk_name", "offline_text"]
const isOpen = () => document.body.dataset.page === "loans"
const choice = () => document.getElementById("desk")

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ""
}

// A page makes only one `Workstation`, even if the box is drawn again.
const workstation = new Workstation(new URL("desk/", document.baseURI))

export function render({ model }) {
  const root = document.createElement("div")
  root.innerHTML = model.html
  const box = new ScanBox(root, {
    words: model.words,
    rules: model.rules,
    doubleRead: model.double_read,
    workstation,
    page: {
      active: isOpen,
      desk: () => choice()?.value ?? "",
      // Wait until the click that triggered this has returned focus to the box.
      chooseDesk: () => setTimeout(() => choice()?.focus()),
      // While cut off from the server, the page cannot know where to lend, so it does not ask staff
      // to confirm that they lend here.
      lendIn: () => (window.relais.isCut() ? "" : model.lend_in),
      name: workstation.name(cookie("relais_workstation")),
      // While cut off from the server, the box lists this browser's pending loans.
      listsPending: () => !window.relais.isCut(),
      listsAsOf: () => model.lists_as_of,
    },
  })

  const show = () => {
    for (const name of SHOWN) {
      for (const element of root.querySelectorAll(`[data-shows="${name}"]`)) element.textContent = model[name]
    }
    box.draw()
  }
  const arrive = () => {
    if (!isOpen()) return
    box.takeOver(document.getElementById("early-scan"))
    box.focus()
  }
  let leaving = -Infinity
  const listeners = {
    "relais:place": arrive,
    "relais:line": () => box.lendInChanged(),
    "relais:desk": () => { box.deskChosen(); if (isOpen()) box.focus() },
    "relais:leaving": (event) => {
      // The page is about to reload, and would lose keystrokes meanwhile. Lending does not need a
      // session, so the reload can wait for a pause in the scanning.
      const scanning = performance.now() - box.scannedAt < CALM
      if (scanning || box.busy() || workstation.outbox.fleeting) event.preventDefault()
      else leaving = performance.now()
    },
    // Warn about unsent loans only if somebody closes the page, not if the page reloads itself.
    "beforeunload": (event) => {
      if ((workstation.outbox.size || box.holding) && performance.now() - leaving > 1000) event.preventDefault()
    },
    "click": (event) => {
      const field = event.composedPath().some((node) => node instanceof Element && node.matches(FIELDS))
      // If `detail` is 0, the button was pressed with a key, so leave the focus on it.
      if (isOpen() && event.detail && !field && !String(getSelection())) box.focus()
    },
  }
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener)
  model.on("rules", () => box.classifier.follow(model.rules))
  model.on("lend_in", () => box.lendInChanged())
  model.on(SHOWN, show)
  model.on("lists_as_of", () => box.draw())
  model.on("msg:custom", (message) => (message.void ? box.strike(message.void) : box.following.ask()))
  model.on("remove", () => {
    box.close()
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener)
  })
  show()
  window.relais.lends = true
  setTimeout(arrive)
  return root
}
