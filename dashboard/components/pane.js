// A piece of HTML that stays alive: ages tick, a cut line greys it, clicks on data-act go up.
const ROOT = "pane"

export function render({ model, el }) {
  const root = document.createElement("div")
  root.className = ROOT
  if (model.role) root.setAttribute("role", model.role)
  // The sentence at the head of the page also names the tab, as long as it holds.
  const title = () => {
    const said = root.querySelector(window.relais.isCut() ? ".past[data-title]" : ".live[data-title]")
    if (said) document.title = said.dataset.title
  }
  const show = () => {
    const active = root.getRootNode().activeElement
    const kept = active && active.dataset ? active.dataset.key : null
    const open = [...root.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key)
    root.innerHTML = model.html
    for (const key of open) {
      const again = root.querySelector(`details[data-key="${CSS.escape(key)}"]`)
      if (again) again.open = true
    }
    if (kept) {
      const again = root.querySelector(`[data-key="${CSS.escape(kept)}"]`)
      if (again) again.focus({ preventScroll: true })
    }
    window.relais.age(root)
    title()
  }
  const act = (event) => {
    const copied = event.target.closest("[data-copied]")
    if (copied) return window.relais.copy(copied)
    const gone = event.target.closest("[data-go]")
    if (gone && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      return window.relais.go(gone.dataset.go)
    }
    const chosen = event.target.closest("[data-act]")
    if (!chosen) return
    event.preventDefault()
    model.send_msg({ act: chosen.dataset.act, value: chosen.dataset.value ?? "" })
  }
  root.addEventListener("click", act)
  const cut = () => {
    root.classList.toggle("is-cut", window.relais.isCut())
    window.relais.age(root)
    title()
  }
  const tick = () => window.relais.age(root)
  window.addEventListener("relais:line", cut)
  window.addEventListener("relais:tick", tick)
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
  })
  show()
  cut()
  return root
}
