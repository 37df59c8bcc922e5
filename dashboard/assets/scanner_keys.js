// A scanner is a keyboard. From the first key on, a run of keys that no field was meant to have is a
// scan, at any pace: it presses no button and chooses nothing. A pause in it decides nothing, and an
// Enter or Tab ends it, however late. Where a scan box is shown, the first key takes the focus there;
// elsewhere the code is delivered at its end. Fields that ask for a code (`data-scan`, or
// "takes-scans" above them) keep it; its end presses the button of their form that has `data-enter`,
// if any. A box (`data-ends`) is told of each end by the event
// "relais:end": {text, keys, byHand, early, end}; `end` is "Enter", "Tab", "none" for the pause of a
// scanner that is known to send nothing, or null where an end is missing.
// Runs before every other script of a page, so that no key of an early scan is lost. A listener that
// takes a scan prevents the event "relais:scan" ({text, early}, `early` where a part of it may be
// lost); what none takes is held, and brought along over a reload.
;(() => {
  const QUICK = 65 // ms between two keys of a scanner, at most; a hand's are slower, but for a few
  const REST = 2000 // ms without a key after which a run is over: a pause in a code is shorter
  const EARLY = 160 // ms after a page was opened in which it may have missed a first key
  const LEAST = 4 // letters of a scan
  const ALONE = 120 // ms without another key after which a key is a hand's: more than QUICK
  const AFTER_LETTER = 300 // ms: a key that follows a letter this soon is no hand's choice
  const ENDS = new Set(["Enter", "Tab"])
  const MODIFIERS = new Set(["Shift", "CapsLock", "AltGraph"])
  const NO_TEXT = "[type=button],[type=submit],[type=reset],[type=checkbox],[type=radio],[type=file]"
  const DATES = "[type=date],[type=time],[type=datetime-local]"
  const STRAY = "relais.stray"
  const KNOWN = "relais.scanner.keys"
  const opened = performance.now()
  // The keys since the last end: {key, at, field, before, asked}, `before` being what stood in the
  // field, and `asked` whether it asks for a code.
  let run = []
  let last = -Infinity // when the last key was pressed
  let letter = -Infinity // when the last letter was, and the one before it
  let letterBefore = -Infinity
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
  const asksForCode = (event) => event.composedPath().some((node) => node instanceof Element && node.matches("[data-scan],.takes-scans"))
  const swallow = (event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const isBox = (field) => field !== null && field.matches("[data-ends]")
  const textOf = (keys) => keys.map(({ key }) => key).join("")
  const isQuick = (keys, place) => place > 0 && keys[place].at - keys[place - 1].at <= QUICK
  const isByHand = (keys) => 2 * keys.filter((_, place) => isQuick(keys, place)).length < keys.length || !keys.length // pasted
  // A code that begins while its page appears may have lost its beginning to the page before.
  const isEarly = ([first]) => first !== undefined && first.at - opened < EARLY
  // Whether no other field was meant to have these keys.
  const areFree = (keys) => keys.some(({ field }) => !field || isBox(field))

  const forget = () => {
    run = []
    clearTimeout(timer)
  }
  // Each field as it was before these keys: a half-typed date goes with them.
  const restore = (keys) => {
    const fields = new Map()
    for (const { field, before } of keys) if (field && !fields.has(field)) fields.set(field, before)
    for (const [field, before] of fields) {
      const changed = field.value !== before
      field.value = before
      for (const type of changed ? ["input", "change"] : []) field.dispatchEvent(new Event(type, { bubbles: true }))
    }
  }

  const deliver = (keys, missesEnd = false) => {
    restore(keys)
    const detail = { text: textOf(keys), early: missesEnd || isEarly(keys) }
    if (dispatchEvent(new CustomEvent("relais:scan", { detail, cancelable: true }))) hold(detail.text, detail.early)
    else dispatchEvent(new Event("relais:held"))
  }
  // The event has the scan that came to be held; none where scans were taken.
  const hold = (text, early = false) => {
    const scan = { text, early, place: document.body.dataset.page }
    held.push(scan)
    dispatchEvent(new CustomEvent("relais:held", { detail: scan }))
  }

  // What stands in a box, without the letters that a hand left there before a scan.
  const codeIn = (box, keys) => {
    const left = keys[0]?.before ?? ""
    const isLeft = left.length < LEAST && !isByHand(keys) && box.value.startsWith(left)
    return isLeft ? box.value.slice(left.length) : box.value
  }
  const tell = (box, keys, end) => {
    const detail = { text: codeIn(box, keys), keys, byHand: isByHand(keys), early: isEarly(keys), end }
    box.dispatchEvent(new CustomEvent("relais:end", { detail }))
  }

  // What a scanner sent of the keys in somebody else's field: its keys come in bursts, those of a hand
  // one by one, and a pause may have parted one of a scanner's from the others.
  const ofScanner = (keys) => {
    if (areFree(keys)) return keys
    const bursts = []
    for (const [place, key] of keys.entries()) {
      if (isQuick(keys, place)) bursts.at(-1).push(key)
      else bursts.push([key])
    }
    const isBurst = (place) => bursts[place].length > 1
    let first = bursts.length
    while (first > 0 && (isBurst(first - 1) || first === 1 || isBurst(first - 2))) first -= 1
    return bursts.slice(first).flat()
  }
  const isScan = (keys) => {
    const hasDigit = /\d/.test(textOf(keys))
    return areFree(keys) ? hasDigit || keys.length >= LEAST : hasDigit && keys.length >= LEAST
  }

  // Nothing came for a while: a scanner that sends nothing after a code has paused, or an end is
  // missing. A timer that comes late says that keys may wait unheard.
  const rest = (pause, due, tries = 3) => {
    if (performance.now() - due > pause / 2 && tries) {
      timer = setTimeout(rest, pause, pause, performance.now() + pause, tries - 1)
      return
    }
    const keys = run
    const [{ field, asked }] = keys
    forget()
    if (textOf(keys).length < LEAST) return
    const end = known?.end === "none" && !isByHand(keys) ? "none" : null
    if (isBox(field) && keys.every((key) => key.field === field)) {
      tell(field, keys, end)
    } else if (!asked) {
      const scan = ofScanner(keys)
      if (scan.length >= LEAST && isScan(scan)) deliver(scan, !end)
    }
  }

  const lettered = (event) => {
    const pause = event.timeStamp - letter
    letterBefore = letter
    letter = event.timeStamp
    const origin = fieldOf(event)
    const isSpace = event.key === " "
    if (!origin && isSpace && !run.length) return // it presses a button, or scrolls
    const box = origin || isSpace ? null : window.scanner.box()
    box?.focus({ preventScroll: true }) // what follows a key goes where the focus is then
    const field = origin ?? box
    run.push({ key: event.key, at: event.timeStamp, field, before: field?.value, asked: asksForCode(event) })
    clearTimeout(timer)
    const wait = known?.end === "none" ? known.pause : REST
    timer = setTimeout(rest, wait, wait, performance.now() + wait)
    if (box) return
    // In a list, the first letter alone would choose another line; in a date, a blank opens a calendar.
    const picks = event.composedPath()[0] instanceof HTMLSelectElement && !isSpace
    const goesOn = pause <= QUICK || (isSpace && pause < AFTER_LETTER)
    if (picks || (goesOn && (!field || field.matches(DATES)))) swallow(event)
  }

  const ended = (event) => {
    const keys = run
    forget()
    if (!ENDS.has(event.key) || event.shiftKey) return
    const field = fieldOf(event)
    if (isBox(field) && keys.every((key) => key.field === field)) {
      if (event.key === "Tab" && !field.value) return
      swallow(event)
      tell(field, keys, event.key)
      return
    }
    const scan = ofScanner(keys)
    const stumbled = !field && event.timeStamp - letter <= QUICK // no hand is that fast
    if (!isScan(scan) && !stumbled) return
    swallow(event) // this key is a scanner's, and answers nothing
    if (field && asksForCode(event)) field.form?.querySelector("[data-enter]")?.click()
    else if (isScan(scan)) deliver(scan)
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    last = event.timeStamp
    if (event.key.length === 1) lettered(event)
    else if (!MODIFIERS.has(event.key)) ended(event)
  }, true)
  // A hand goes on elsewhere: what it typed into a field is no beginning of a scan.
  addEventListener("pointerdown", () => { if (run.every(({ field }) => field)) forget() }, true)

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
    held,
    hold,
    // The scan box that is shown, null without any: set by what shows it.
    box: () => null,
    inField: (event) => fieldOf(event) !== null,
    // Acts once a key has stayed alone: a scan presses nothing. Where it was heard late, so may be
    // the next one. A key that acted is no part of a scan; `act` returns false where it did nothing.
    alone: (event, act) => {
      const before = event.key.length === 1 ? letterBefore : letter
      const late = Math.max(0, performance.now() - event.timeStamp)
      setTimeout(() => {
        if (last !== event.timeStamp || last - before <= AFTER_LETTER || act() === false) return
        restore(run)
        forget()
        letter = -Infinity
      }, ALONE + late)
    },
    known: () => known,
    learn: (found) => {
      known = found
      try { localStorage.setItem(KNOWN, JSON.stringify(found)) } catch { /* forbidden */ }
    },
    // What was scanned before this box stood there, and the beginning of a code that is still coming,
    // which goes on in the box: from outside of any field, or from `frame`, the field in its place.
    release: (box, frame = null) => {
      const arriving = run.filter(({ field }) => !field || field === frame)
      const begun = (frame?.value ?? "") + textOf(arriving.filter(({ field }) => !field))
      if (frame) frame.value = ""
      for (const key of arriving) Object.assign(key, { field: box, before: box.value })
      const scans = held.splice(0)
      dispatchEvent(new Event("relais:held"))
      return { scans, begun }
    },
  }
})()
