// A scanner is a keyboard: what arrives at its speed is a scan, wherever the focus is. It presses no
// button, chooses nothing, and stays in no field but the scan box and those that ask for a code
// (`data-scan`, or "takes-scans" above them). Runs before every other script of a page, so that no
// key of an early scan is lost. A listener that takes a scan prevents the event "relais:scan"
// ({text, early}); what none takes is held, and brought along over a reload.
;(() => {
  const GAP = 40 // ms between two keys of a scanner, at most
  const SLOWEST = 60 // the same, where this workstation's scanner was found to be slower
  const PAUSE = 4 * GAP // some pause before the key that ends a scan
  const REST = 1000 // ms: what comes after such a pause is not the rest of what stands in the box
  const LEAST = 4 // letters of a scan
  const ALONE = 60 // ms without another key after which a key is a hand's: more than GAP
  const AFTER_SCAN = 300 // ms: the last key of a scan that stumbled is still no hand's
  const ENDS = new Set(["Enter", "Tab"])
  const MODIFIERS = new Set(["Shift", "CapsLock", "AltGraph"])
  const NO_TEXT = "[type=button],[type=submit],[type=reset],[type=checkbox],[type=radio],[type=file]"
  const DATES = "[type=date],[type=time],[type=datetime-local]"
  const STRAY = "relais.stray"
  const KNOWN = "relais.scanner.keys"
  const opened = performance.now()
  // The keys that came one right after the other; `fields` has each field they went to, as it was before.
  const none = () => ({ text: "", from: Infinity, torn: false, fields: new Map() })
  let run = none()
  let last = -Infinity // when the last key was pressed
  let heard = -Infinity // when it was handled: on a busy machine well after it was pressed
  let burst = -Infinity // the last key that came as quickly as a scanner's
  let timer = null
  // What a person found out about this workstation's scanner: {end: "Enter" | "Tab" | "none", gap,
  // pause, layout}, in ms. Only where it sends none does a pause end a scan, and that is this one.
  let known = null
  const learned = () => {
    try {
      known = JSON.parse(localStorage.getItem(KNOWN))
    } catch { /* forbidden */ }
  }
  learned()
  addEventListener("storage", ({ key }) => { if (key === KNOWN) learned() })
  const gap = () => Math.max(GAP, Math.min(1.5 * (known?.gap ?? 0), SLOWEST))

  const held = []
  try {
    held.push(...JSON.parse(sessionStorage.getItem(STRAY) ?? "[]"))
    sessionStorage.removeItem(STRAY)
  } catch { /* forbidden */ }
  addEventListener("pagehide", () => {
    try { if (held.length) sessionStorage.setItem(STRAY, JSON.stringify(held)) } catch { /* forbidden */ }
  })

  const fieldOf = (event) => {
    const [origin] = event.composedPath()
    return origin instanceof Element && origin.matches(`input:not(${NO_TEXT}),textarea,[contenteditable]`) ? origin : null
  }
  const asksForCode = (event) => event.composedPath().some((one) => one instanceof Element && one.matches("[data-scan],.takes-scans"))
  const swallow = (event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  // A code that begins while its page appears may have lost its beginning to the page before.
  const isEarly = (from) => from - opened < PAUSE

  const deliver = ({ text, from, torn, fields }) => {
    for (const [field, before] of fields) {
      const changed = field.value !== before
      field.value = before // a half-typed date goes with it
      for (const type of changed ? ["input", "change"] : []) field.dispatchEvent(new Event(type, { bubbles: true }))
    }
    const detail = { text, early: torn || isEarly(from) }
    if (dispatchEvent(new CustomEvent("relais:scan", { detail, cancelable: true }))) hold(text, detail.early)
    else dispatchEvent(new Event("relais:held"))
  }
  const hold = (text, early = false) => {
    held.push({ text, early, place: document.body.dataset.page })
    dispatchEvent(new Event("relais:held"))
  }

  // Whether a field ends its scans by itself, as the scan box does.
  const ends = (field) => field.matches("[data-ends]")

  // A scanner that sends nothing after a code has paused. A timer that comes late says that keys
  // may wait unheard.
  const rest = (due, tries = 3) => {
    const late = performance.now() - due > known.pause / 2
    if (late && tries) {
      timer = setTimeout(rest, known.pause, performance.now() + known.pause, tries - 1)
      return
    }
    const [field, ...others] = run.fields.keys()
    const scan = run
    if (scan.text.length < LEAST) return
    run = none()
    if (!field || others.length || !(ends(field) || field.matches("[data-scan]"))) deliver(scan)
    else if (field.value === scan.text) field.dispatchEvent(new Event("relais:end"))
  }

  const letter = (event, quick, pause) => {
    const field = fieldOf(event)
    if (!quick || !run.text) run = {
      ...none(), from: event.timeStamp, after: pause > PAUSE && run.text.length >= LEAST ? run.text : "",
      rested: pause > REST,
      torn: pause < PAUSE && (run.torn || run.text.length > 1), // a slow line held up its keys: the beginning is missing
    }
    run.text += event.key
    if (field && !run.fields.has(field)) run.fields.set(field, field.value)
    if (quick) burst = event.timeStamp
    // Another code begins where one had no end: a scanner that is known to send one has only paused.
    // Or it begins after a letter that a hand has left in the box, and would be no card with it.
    if (run.text.length === LEAST && field && ends(field)) {
      const before = run.fields.get(field)
      if (before && (run.rested || (!known && before === run.after))) field.dispatchEvent(new Event("relais:glued"))
    }
    clearTimeout(timer)
    if (known?.end === "none") timer = setTimeout(rest, known.pause, performance.now() + known.pause)
    // In a list, the first letter alone would choose another line; in a date, a blank opens a calendar.
    const picks = event.composedPath()[0] instanceof HTMLSelectElement
    if (picks ? event.key !== " " || quick : quick && (!field || field.matches(DATES))) swallow(event)
  }

  const end = (event, quick, pause) => {
    const scan = run
    run = none()
    clearTimeout(timer)
    if (!ENDS.has(event.key) || event.shiftKey) return
    const whole = scan.text.length >= LEAST && pause < PAUSE
    const field = fieldOf(event)
    // It takes what came into it, also from a hand.
    if (field && ends(field) && [...scan.fields.keys()].every((one) => one === field)) return
    if (!whole && (field || !quick || !scan.text)) return
    swallow(event) // no hand is that fast: this key is a scanner's, and answers nothing
    if (whole && !(field && asksForCode(event))) deliver(scan)
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    const pause = event.timeStamp - last
    last = event.timeStamp
    heard = performance.now()
    if (event.key.length === 1) letter(event, pause < gap(), pause)
    else if (!MODIFIERS.has(event.key)) end(event, pause < gap(), pause)
  }, true)

  // In a closed list an arrow would choose the next line at once, such as another desk: it opens the
  // list instead, as on a Mac. An open list keeps its arrows.
  const MOVES = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"])
  const OPEN = CSS.supports("selector(:open)") ? ":open" : ":not(*)"
  addEventListener("keydown", (event) => {
    const [list] = event.composedPath()
    if (!(list instanceof HTMLSelectElement) || event.altKey || !MOVES.has(event.key) || list.matches(OPEN)) return
    event.preventDefault()
    list.showPicker?.()
  }, true)

  window.scanner = {
    gap,
    // Whether a key that ends a scan came right after its last letter, pressed at `at`.
    isOwnEnd: ({ timeStamp }, at) => timeStamp - at < PAUSE,
    held,
    hold,
    isEarly,
    inField: (event) => fieldOf(event) !== null,
    // Acts once a key has stayed alone: a scan presses nothing. Where it was heard late, so may be
    // the next one.
    alone: (event, act) => {
      const late = Math.max(0, performance.now() - event.timeStamp)
      setTimeout(() => {
        if (last === event.timeStamp && last - burst > AFTER_SCAN) act()
      }, ALONE + late)
    },
    known: () => known,
    learn: (found) => {
      known = found
      try { localStorage.setItem(KNOWN, JSON.stringify(found)) } catch { /* forbidden */ }
    },
    // What was scanned before the scan box stood there, and the beginning of a scan still arriving.
    release: () => {
      const arriving = performance.now() - heard < GAP
      const { text, from, fields } = arriving ? run : none()
      const begun = fields.size ? "" : text
      if (begun) run = none()
      const scans = held.splice(0)
      dispatchEvent(new Event("relais:held"))
      return { scans, begun, from, arriving }
    },
  }
})()
