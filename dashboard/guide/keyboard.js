// The guide's keys. A scanner is a keyboard: a key acts only when no other follows it at once, and
// what confirms proposed answers is the space bar, since an Enter may be the end of a code, come late.
const AGAIN = 350 // milliseconds: a second click this soon was meant for the question before
const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
const CONFIRM = " "
const PRESSED = new Set([CONFIRM, "ArrowRight"])
const COOKIE = "relais_keys=off"

const request = (name, detail) => window.dispatchEvent(new CustomEvent(`relais:${name}`, { detail }))
const here = () => document.body.dataset.page === "guide"
const named = (event, name) =>
  event.composedPath().find((node) => node instanceof Element && node.classList.contains(name))

// Every element below a root, shadow roots included.
function* below(root) {
  for (const element of root.querySelectorAll("*")) {
    yield element
    if (element.shadowRoot) yield* below(element.shadowRoot)
  }
}
const find = (root, selector) => {
  for (const element of below(root)) if (element.matches(selector)) return element
  return null
}

// Whether a key has no other business where it was pressed: no button, link or field is there.
const idle = (event) => {
  const at = event.composedPath()[0]
  return !(at instanceof Element) || !at.closest("a,button,input,select,textarea,summary")
}
const pressedOn = (event, key) =>
  event.composedPath().find((node) => node instanceof Element && node.dataset.press === key)

export function render({ model, el }) {
  let inside = false
  let clicked = -Infinity

  // The guide's column, whose shadow holds all that is looked for here.
  const guide = () => {
    let up = el
    while (up && !(up.classList && up.classList.contains("asking"))) up = up.parentNode || up.host
    return up.shadowRoot
  }
  const answers = () => {
    const shown = [...below(guide())].filter((element) => element.matches(".reply"))
    return shown.filter((element) => element.getClientRects().length)
  }
  const button = (host) => host.querySelector("button")
  // What presses this answer: by then the evidence may have drawn the answers anew, and what was
  // drawn before hears no press. Those of another step have other values.
  const pressing = (host) => {
    const { value } = button(host).dataset
    return () => {
      inside = true
      answers().map(button).find((one) => one.dataset.value === value)?.click()
    }
  }
  const focused = (hosts) => hosts.findIndex((element) => element.querySelector(":focus"))

  // ----- what a key does -----
  const chosen = (key) => {
    const shown = answers()
    const letter = model.letters[key]
    return letter ? shown.find((element) => element.matches(`.reply--${letter}`)) : shown[Number(key) - 1]
  }
  // The button that a key confirms or opens with: `data-press` names the key. The space bar scrolls to
  // one that is not in sight: nobody confirms what they do not see.
  const isSeen = (element) => {
    const { top, bottom } = element.getBoundingClientRect()
    return top >= 0 && bottom <= innerHeight
  }
  const marked = (key) => {
    const shown = [...below(guide())].find((element) => element.dataset.press === key && element.getClientRects().length)
    return shown && (key !== CONFIRM || isSeen(shown)) ? shown : null
  }
  const push = (key) => {
    const shown = marked(key)
    if (!shown) return null
    const value = shown.dataset.value
    return () => {
      const again = marked(key)
      if (!again) return
      inside = true
      // What was on the screen when the key went down is what the person confirms.
      again.dataset.value = value
      again.click()
    }
  }
  const confirming = (event) => {
    if (event.key === CONFIRM && pressedOn(event, CONFIRM)) return push(CONFIRM)
    const free = model.active && idle(event) && (inside || event.target === document.body)
    return free && PRESSED.has(event.key) ? push(event.key) : null
  }
  const action = (event) => {
    const key = event.key.toLowerCase()
    const host = named(event, "reply")
    if (host && (key === "enter" || key === " ")) return pressing(host)
    const confirm = confirming(event)
    if (confirm) return confirm
    if (!model.active || key.length !== 1) return null
    if (key === "p") return () => request("go", "loans")
    const answer = inside || event.target === document.body ? chosen(key) : null
    return answer ? pressing(answer) : null
  }
  const hold = (event, act) => {
    event.preventDefault()
    window.relais.alone(event, () => { if (here()) act() })
  }
  const move = (event, by) => {
    const shown = answers()
    if (!shown.length || !named(event, "choice")) return
    event.preventDefault()
    const from = focused(shown)
    const to = from < 0 ? (by > 0 ? 0 : shown.length - 1) : (from + by + shown.length) % shown.length
    button(shown[to]).focus()
  }
  const pressed = (event) => {
    if (!here() || event.ctrlKey || event.altKey || event.metaKey) return
    if (window.relais.inField(event)) return
    const by = ARROWS[event.key]
    if (by && named(event, "choice")) return inside && move(event, by)
    if (event.key === "Enter" && pressedOn(event, CONFIRM)) return event.preventDefault()
    const act = action(event)
    if (!act) return
    if (event.repeat) return event.preventDefault()
    hold(event, act)
  }
  // Firefox clicks when the space bar comes up, whatever was prevented before.
  const released = (event) => {
    if (event.key === " " && (named(event, "reply") || pressedOn(event, CONFIRM))) event.preventDefault()
  }

  // ----- where the focus is -----
  const entered = (event) => {
    if (here() && event.target.id === "suite") return ask()
    inside = Boolean(named(event, "asking"))
  }
  const touched = (event) => { inside = Boolean(named(event, "asking")) }
  const twice = (event) => {
    if (!named(event, "asking") || !event.detail) return // no detail: a key, which waits by itself
    const answering = named(event, "reply") || pressedOn(event, CONFIRM)
    const again = event.timeStamp - clicked < AGAIN
    // By now something else may lie under a double click: a link, or the way to lend.
    if (again && (answering || event.detail > 1)) {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    if (answering) clicked = event.timeStamp
  }
  const ask = (tries = 200) => { // five seconds: the question may come long after its step
    const question = find(guide(), `[data-step="${model.step}"]`)
    if (question) {
      question.focus({ preventScroll: true })
      question.scrollIntoView({ block: "nearest" })
    } else if (tries) setTimeout(ask, 25, tries - 1)
  }
  const follow = () => { if (inside && here()) ask() }

  if (document.cookie.split("; ").includes(COOKIE)) model.active = false
  const listeners = [
    ["keydown", pressed], ["keyup", released], ["focusin", entered], ["pointerdown", touched], ["click", twice],
  ]
  for (const [kind, listener] of listeners) window.addEventListener(kind, listener, true)
  model.on("step", follow)
  model.on("active", () => request("remember", { name: "relais_keys", value: model.active ? "on" : "off" }))
  model.on("remove", () => {
    for (const [kind, listener] of listeners) window.removeEventListener(kind, listener, true)
  })
  const mark = document.createElement("span")
  mark.dataset.hears = "keys"
  return mark
}
