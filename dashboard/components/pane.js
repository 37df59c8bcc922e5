// A piece of HTML that stays alive: ages tick, a cut line greys it, clicks on data-act go up.
const ROOT = "pane"

export function render({ model, el }) {
  const root = document.createElement("div")
  root.className = ROOT
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
  }
  const act = (event) => {
    const copied = event.target.closest("[data-copy]")
    if (copied) return window.relais.copy(copied)
    const chosen = event.target.closest("[data-act]")
    if (!chosen) return
    event.preventDefault()
    model.send_msg({ act: chosen.dataset.act, value: chosen.dataset.value ?? "" })
  }
  root.addEventListener("click", act)
  const cut = () => root.classList.toggle("is-cut", window.relais.isCut())
  const tick = () => window.relais.age(root)
  window.addEventListener("relais:line", cut)
  window.addEventListener("relais:tick", tick)
  model.on("html", show)
  model.on("remove", () => {
    window.removeEventListener("relais:line", cut)
    window.removeEventListener("relais:tick", tick)
  })
  show()
  cut()
  return root
}
