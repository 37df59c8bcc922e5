// Shows HTML that stays live. Ages keep counting, the HTML is greyed out while the connection is
// lost, and clicks on `data-act` are sent to the server. This module also works in other pages,
// such as a notebook.
//
// The module makes requests to the surrounding page by dispatching the events `relais:go`,
// `relais:remember` and `relais:guess`. In a notebook, nothing handles these events. If a link
// leads to a place that the page does not have, the link is sent to the server like an action.
const ROOT = "pane"
const page = document.documentElement
const isCut = () => page.classList.contains("is-cut")
// Dispatch a request to the page, and return whether the page handled it.
const ask = (name, detail) =>
  !window.dispatchEvent(new CustomEvent(`relais:${name}`, { detail, cancelable: true }))
// Whether a field has been changed since it was drawn. When the HTML is replaced, only changed
// fields keep their content.
const isChanged = (field) => {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked
  if (field.matches("select")) return !field.selectedOptions[0]?.defaultSelected
  return field.value !== field.defaultValue
}
const fields = (root) => [...root.querySelectorAll("input[data-key],select[data-key],textarea[data-key]")]

// Return a selector that finds the element again after the content has been replaced. Return null
// if there is no such selector.
function selectorOf({ dataset }) {
  if (dataset.key) return `[data-key="${CSS.escape(dataset.key)}"]`
  return dataset.arrive ? "[data-arrive]" : null
}

// A hidden element cannot be focused, so wait until the element is shown and has a size.
function focusOnceShown(element) {
  element.focus()
  if (element.matches(":focus")) return
  const sizes = new ResizeObserver(() => {
    if (element.isConnected && !element.getClientRects().length) return
    sizes.disconnect()
    element.focus()
  })
  sizes.observe(element)
}

// The age shown in `<time datetime data-age data-ago="il y a {age}" data-fresh="à jour">` is
// counted from the element's `datetime`. `data-age` is the age, in seconds, at which the server
// sent the element. The sum of the two is the time by the server's clock at that moment.
const { FRESH, learn, inWords, since } = window.durations
const learned = new WeakSet()
function tick(root) {
  for (const element of root.querySelectorAll("time[data-age]")) {
    const at = Date.parse(element.dateTime)
    if (!learned.has(element)) learn(at + 1000 * Number(element.dataset.age))
    learned.add(element)
    const seconds = Math.round(since(at))
    const { ago, fresh } = element.dataset
    element.textContent = fresh && seconds < FRESH && !isCut() ? fresh : ago.replace("{age}", inWords(seconds))
  }
  for (const element of root.querySelectorAll("[data-cut-since]")) element.textContent = page.dataset.cutSince ?? ""
}

// Create and return the element of a piece. `html()` returns the content of the piece. `changed`
// and `removed` register a function to call when the content changes or the piece is removed.
// `send` sends a message to the server.
function piece({ role, classes = "", html, changed, removed, send }) {
  const root = document.createElement("div")
  root.className = `${ROOT} ${classes}`.trim()
  if (role) root.setAttribute("role", role)
  // The sentence at the top of the page is also the title of the tab.
  const title = () => {
    const titled = root.querySelector(isCut() ? ".past[data-title]" : ".live[data-title]")
    if (titled) document.title = (document.body.dataset.unsettled ?? "") + titled.dataset.title
  }
  let arrive = null
  const show = () => {
    const active = root.getRootNode().activeElement
    const kept = active && root.contains(active) ? selectorOf(active) : null
    const caret = kept && active.matches("textarea, input[type=text], input:not([type])")
      ? [active.selectionStart, active.selectionEnd] : null
    const open = [...root.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key)
    const typed = new Map(fields(root).map((field) => [field.dataset.key, field]))
    root.innerHTML = html()
    for (const field of fields(root)) {
      const before = typed.get(field.dataset.key)
      if (!before) ask("guess", field)
      else if (!isChanged(before)) continue
      else if (field.type === "checkbox") field.checked = before.checked
      else field.value = before.value
    }
    for (const element of root.querySelectorAll("[data-remember]")) {
      const { remember: name, value, lasts } = element.dataset
      ask("remember", { name, value, lasts: lasts !== "session" })
    }
    for (const key of open) {
      const again = root.querySelector(`details[data-key="${CSS.escape(key)}"]`)
      if (again) again.open = true
    }
    if (kept) {
      const again = root.querySelector(kept)
      if (again) again.focus({ preventScroll: true })
      if (again && caret) again.setSelectionRange(...caret)
    }
    // Move the focus once to an element that appeared because of an action elsewhere on the page.
    const arrived = root.querySelector("[data-arrive]")
    if (arrived && arrive !== null && arrived.dataset.arrive !== arrive) focusOnceShown(arrived)
    arrive = arrived ? arrived.dataset.arrive : ""
    tick(root)
    title()
    turn()
    print()
  }
  // Print requested content once, as soon as it is drawn.
  let printed = false
  const print = () => {
    const asked = root.querySelector("[data-printing]")?.dataset.printing
    if (asked && !printed) {
      window.addEventListener("afterprint", () => send({ act: asked, value: "" }), { once: true })
      setTimeout(() => window.print())
    }
    printed = Boolean(asked)
  }
  const printKey = (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey)) return
    const button = root.querySelector('[data-act="print"]')
    if (!button?.getClientRects().length) return
    event.preventDefault()
    button.click()
  }
  // Go once to the place that new content names in `data-turn`.
  let turned = ""
  const turn = () => {
    const onward = root.querySelector("[data-turn]")?.dataset.turn ?? ""
    if (onward && onward !== turned) setTimeout(ask, 0, "go", onward)
    turned = onward
  }
  const act = (event) => {
    const link = event.target.closest("[data-go]")
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault()
      if (!ask("go", link.dataset.go)) send({ act: "go", value: link.dataset.go })
      if (!link.dataset.act) return
    }
    const chosen = event.target.closest("[data-act]")
    if (!chosen) return
    event.preventDefault()
    // By the second click of a double-click, something else may be under the pointer.
    if (event.detail > 1 && chosen.closest("[data-once]")) return
    const form = chosen.closest("form")
    const sent = form ? { fields: Object.fromEntries(new FormData(form)) } : {}
    send({ act: chosen.dataset.act, value: chosen.dataset.value ?? "", ...sent })
  }
  // Text pasted into a field with `data-pasted` and changes to a field with `data-chosen` are sent
  // at once, without a click.
  const tell = (field, act) => {
    const fields = Object.fromEntries(new FormData(field.form))
    send({ act, value: field.value, fields })
  }
  root.addEventListener("paste", (event) => {
    const field = event.target.closest("[data-pasted]")
    if (field) setTimeout(() => tell(field, field.dataset.pasted), 0)
  })
  root.addEventListener("change", (event) => {
    const all = event.target.closest("[data-ticks]")
    for (const box of all ? all.form.querySelectorAll(`[name^="${all.dataset.ticks}"]`) : []) box.checked = all.checked
    const field = event.target.closest("[data-chosen]")
    if (field) tell(field, field.dataset.chosen)
  })
  root.addEventListener("click", act)
  // Enter in a field presses the button with `data-enter` in the field's form, if there is one. A
  // scanner ends each code with Enter.
  root.addEventListener("submit", (event) => {
    event.preventDefault()
    event.target.querySelector("[data-enter]")?.click()
  })
  const cut = () => {
    root.classList.toggle("is-cut", isCut())
    tick(root)
    title()
  }
  // A key presses the button that was on the screen when the key went down. New evidence may redraw
  // the button before the key is released, and nobody should confirm anything unseen.
  const pressable = (key) => {
    const button = root.querySelector(`[data-hotkey="${CSS.escape(key)}"]`)
    if (!button?.getClientRects().length) return null
    const { top, bottom } = button.getBoundingClientRect()
    return key !== " " || (top >= 0 && bottom <= innerHeight) ? button : null
  }
  const key = ({ detail }) => {
    const button = pressable(detail.key)
    if (!button) return
    const { value } = button.dataset
    detail.press = () => {
      const again = pressable(detail.key)
      if (!again) return false
      if (value !== undefined) again.dataset.value = value
      again.click()
    }
  }
  const ticking = setInterval(tick, 1000, root)
  window.addEventListener("relais:line", cut)
  window.addEventListener("relais:key", key)
  window.addEventListener("keydown", printKey)
  // Replacing the content between the press and the release of a button would swallow the click.
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
  changed(() => {
    if (pressed) waits = true
    else show()
  })
  removed(() => {
    window.removeEventListener("pointerup", release)
    window.removeEventListener("pointercancel", release)
    clearInterval(ticking)
    window.removeEventListener("relais:line", cut)
    window.removeEventListener("relais:key", key)
    window.removeEventListener("keydown", printKey)
  })
  show()
  cut()
  return root
}

// Create and return the stack for a place in the page's frame. Like a component, the stack is in a
// shadow root with the page's style sheet. If no place is given, the stack is not attached to the
// page.
function stackOf(place) {
  const stack = document.createElement("div")
  stack.className = "stack"
  const host = place && document.querySelector(`[data-root="${place}"] > div`)
  if (host) {
    const sheet = document.querySelector('link[rel="stylesheet"]').cloneNode()
    const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" })
    shadow.replaceChildren(sheet, stack)
  }
  return stack
}

// A component with `frames` is a stack of several pieces, one below the other or each in its own
// place. A component without `frames` is a single piece.
export function render({ model }) {
  const removed = (act) => model.on("remove", act)
  if (!model.frames) {
    return piece({
      role: model.role, html: () => model.html, changed: (act) => model.on("html", act), removed,
      send: (message) => model.send_msg(message),
    })
  }
  const stacks = { "": stackOf("") }
  model.frames.forEach(({ role, classes, place }, number) => {
    const name = `html_${number}`
    stacks[place] ??= stackOf(place)
    stacks[place].append(piece({
      role, classes, html: () => model[name], changed: (act) => model.on(name, act), removed,
      send: (message) => model.send_msg({ ...message, piece: number }),
    }))
  })
  return stacks[""]
}
