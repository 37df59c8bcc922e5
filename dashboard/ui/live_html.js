// A piece of HTML that stays alive: ages tick, a cut line greys it, clicks on data-act go up.
const ROOT = "pane"
const HOLD = 60 // milliseconds: longer than the 40 that lie between two keys of a scanner
const AFTER_SCAN = 300
const fields = (root) => [...root.querySelectorAll("input[data-key],select[data-key],textarea[data-key]")]

// What is still hidden takes no focus; a size is what it gets when it is shown.
function focusOnceShown(one) {
  one.focus()
  if (one.matches(":focus")) return
  const seen = new ResizeObserver(() => {
    if (one.isConnected && !one.getClientRects().length) return
    seen.disconnect()
    one.focus()
  })
  seen.observe(one)
}

export function render({ model, el }) {
  const root = document.createElement("div")
  root.className = ROOT
  if (model.role) root.setAttribute("role", model.role)
  // The sentence at the head of the page also names the tab, as long as it holds.
  const title = () => {
    const said = root.querySelector(window.relais.isCut() ? ".past[data-title]" : ".live[data-title]")
    if (said) document.title = said.dataset.title
  }
  let arrive = null
  const show = () => {
    const active = root.getRootNode().activeElement
    const kept = active && active.dataset ? active.dataset.key : null
    const open = [...root.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key)
    const typed = new Map(fields(root).map((one) => [one.dataset.key, one]))
    root.innerHTML = model.html
    for (const one of fields(root)) {
      const before = typed.get(one.dataset.key)
      if (!before) window.relais.guess(one)
      else if (one.type === "checkbox") one.checked = before.checked
      else one.value = before.value
    }
    for (const one of root.querySelectorAll("[data-remember]")) {
      window.relais.remember(one.dataset.remember, one.dataset.value)
    }
    for (const key of open) {
      const again = root.querySelector(`details[data-key="${CSS.escape(key)}"]`)
      if (again) again.open = true
    }
    if (kept) {
      const again = root.querySelector(`[data-key="${CSS.escape(kept)}"]`)
      if (again) again.focus({ preventScroll: true })
    }
    // What is laid before a person elsewhere on the page is brought to where they look, once.
    const arrived = root.querySelector("[data-arrive]")
    if (arrived && arrive !== null && arrived.dataset.arrive !== arrive) focusOnceShown(arrived)
    arrive = arrived ? arrived.dataset.arrive : ""
    window.relais.age(root)
    title()
    turn()
  }
  // What a person has just done may lead to another place, once.
  let turned = ""
  const turn = () => {
    const onward = root.querySelector("[data-turn]")?.dataset.turn ?? ""
    if (onward && onward !== turned) setTimeout(window.relais.go, 0, onward)
    turned = onward
  }
  const act = (event) => {
    const copied = event.target.closest("[data-copied]")
    if (copied) return window.relais.copy(copied)
    const printed = event.target.closest("[data-print]")
    if (printed) {
      const text = root.querySelector(printed.dataset.print).textContent
      const module = new URL(printed.dataset.with, document.baseURI).href
      return import(module).then(({ printText }) => printText(text, document.title))
    }
    const gone = event.target.closest("[data-go]")
    if (gone && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      window.relais.go(gone.dataset.go)
      if (!gone.dataset.act) return
    }
    const sought = event.target.closest("[data-reveal]")
    if (sought) {
      event.preventDefault()
      return window.dispatchEvent(new CustomEvent("relais:reveal", { detail: sought.dataset.reveal }))
    }
    const chosen = event.target.closest("[data-act]")
    if (!chosen) return
    event.preventDefault()
    const form = chosen.closest("form")
    const told = form ? { fields: Object.fromEntries(new FormData(form)) } : {}
    model.send_msg({ act: chosen.dataset.act, value: chosen.dataset.value ?? "", ...told })
  }
  // A text that is pasted or a file that is chosen from a list is read at once: nothing is recorded.
  const tell = (field, act) => {
    const told = Object.fromEntries(new FormData(field.form))
    model.send_msg({ act, value: field.value, fields: told })
  }
  root.addEventListener("paste", (event) => {
    const field = event.target.closest("[data-pasted]")
    if (field) setTimeout(() => tell(field, field.dataset.pasted), 0)
  })
  root.addEventListener("change", (event) => {
    const field = event.target.closest("[data-chosen]")
    if (field) tell(field, field.dataset.chosen)
  })
  root.addEventListener("click", act)
  root.addEventListener("submit", (event) => event.preventDefault())
  const cut = () => {
    root.classList.toggle("is-cut", window.relais.isCut())
    window.relais.age(root)
    title()
  }
  // A key that presses a button on the screen; a scanner's keys come too close together to count.
  let awaited = 0
  const key = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.key.length !== 1) return
    if (window.relais.inField(event) || document.cookie.includes("relais_keys=off")) return
    const button = root.querySelector(`[data-hotkey="${CSS.escape(event.key.toLowerCase())}"]`)
    if (!button || !button.getClientRects().length) return
    const at = event.timeStamp
    clearTimeout(awaited)
    awaited = setTimeout(() => {
      const { last, burst } = window.relais.keyed()
      if (last === at && at - burst > AFTER_SCAN) button.click()
    }, HOLD)
  }
  window.addEventListener("keydown", key)
  // A link to what stands in another pane: no address reaches into a shadow root.
  const reveal = (event) => {
    const found = root.querySelector(`#${CSS.escape(event.detail)}`)
    if (!found || !found.getClientRects().length) return
    found.focus({ preventScroll: true })
    found.scrollIntoView({ block: "start" })
  }
  const tick = () => window.relais.age(root)
  window.addEventListener("relais:line", cut)
  window.addEventListener("relais:tick", tick)
  window.addEventListener("relais:reveal", reveal)
  // Content replaced between the press and the release of a button would swallow the click.
  let pressed = false
  let waits = false
  const press = () => { pressed = true }
  const release = () => {
    pressed = false
    if (waits) setTimeout(show, 0)
    waits = false
  }
  root.addEventListener("pointerdown", press)
  window.addEventListener("pointerup", release)
  window.addEventListener("pointercancel", release)
  model.on("html", () => {
    if (pressed) waits = true
    else show()
  })
  model.on("remove", () => {
    window.removeEventListener("pointerup", release)
    window.removeEventListener("pointercancel", release)
    window.removeEventListener("relais:line", cut)
    window.removeEventListener("relais:tick", tick)
    window.removeEventListener("relais:reveal", reveal)
    window.removeEventListener("keydown", key)
  })
  show()
  cut()
  return root
}
