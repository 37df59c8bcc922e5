// The script of the drill's page, which updates the steps once a second.
import { barcode } from "./desk/code128.js"

const EVERY = 1000
const progress = document.getElementById("progress")

function show({ html, lent }) {
  if (progress.dataset.html !== html) {
    const focused = document.activeElement?.dataset?.step
    progress.innerHTML = progress.dataset.html = html
    if (focused) progress.querySelector(`[data-step="${focused}"]`)?.focus()
  }
  const done = new Set(lent)
  for (const row of document.querySelectorAll("[data-item]")) row.classList.toggle("is-lent", done.has(row.dataset.item))
}

async function ask(path, options) {
  const answer = await fetch(path + (path.includes("?") ? "&" : "?") + `lang=${document.documentElement.lang}`, options)
  if (answer.ok) return answer.json()
}

async function look() {
  const state = await ask("drill/state").catch(() => null)
  if (state?.html) show(state)
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-step]")
  if (target.closest("[data-print]")) print()
  if (!button) return
  button.disabled = true
  await ask(`drill/act?step=${button.dataset.step}`, { method: "POST", headers: { "X-Relais": "drill" } }).catch(() => {})
  await look()
  button.disabled = false
})

for (const place of document.querySelectorAll("[data-barcode]")) {
  const drawing = barcode(place.dataset.barcode, 36)
  if (drawing) place.append(drawing)
}
setInterval(look, EVERY)
look()
