// Tells scans apart from typing. To the browser, a scanner is a keyboard.
//
// Keystrokes that are not meant for a field form a run. A run counts as a scan from its first key,
// at any pace, so it does not press a button or choose anything. The run ends with Enter or Tab.
// Without these keys, it ends after a pause of two seconds, or less if the scanner is known to send
// no end. If a scan box is shown, the first key moves the focus to the box. If no box is shown, the
// code is delivered when the run ends.
//
// A field asks for a code if it has `data-scan`, or is inside an element with `data-scan` or the
// class "takes-scans". Such a field keeps the code. The end of the code presses the button with
// `data-enter` in the field's form, if there is one.
//
// When a code ends in a scan box (an input with `data-ends`), the box gets the event "relais:end"
// with the detail {text, keys, byHand, early, torn, follows, end}. `torn` holds the few keys that a
// pause cut off before the code; they may be its beginning. `follows` is true if the scanner sends
// no end and the code began so soon after the last one that it may be the rest of that one. The
// value of `end` is
// - "Enter" or "Tab", if this key ended the code;
// - "none", if the scanner is known to send no end;
// - null, if the end is missing.
//
// Every other scan is announced by the event "relais:scan" with the detail {text, early}. `early`
// is true if part of the scan may be lost. A listener that takes the scan calls preventDefault on
// the event. A scan that no listener takes is held, even across a reload.
//
// This script runs before all others on a page, so no key of an early scan is lost.
;(() => {
  const QUICK = 65 // maximum ms between a scanner's keystrokes; most people type more slowly
  const REST = 2000 // ms without a key after which a run ends; pauses within a code are shorter
  const EARLY = 160 // a scan that begins within this many ms of the page's opening may lack its first keys
  const STALL = 1600 // ms after which a scanner without an end key does not continue the last code
  const LEAST = 4 // minimum number of characters in a scan
  const ALONE = 120 // ms without another key after which a key counts as typed; more than QUICK
  const AFTER_LETTER = 300 // ms; a key that follows a character this soon was not pressed by hand
  const ENDS = new Set(["Enter", "Tab"])
  const ACTS = /^(F\d+|Escape)$/
  const MODIFIERS = new Set(["Shift", "CapsLock", "AltGraph"])
  const NO_TEXT = "[type=button],[type=submit],[type=reset],[type=checkbox],[type=radio],[type=file]"
  const DATES = "[type=date],[type=time],[type=datetime-local]"
  const STRAY = "relais.stray"
  const KNOWN = "relais.scanner.keys"
  const opened = performance.now()
  // The keys since the last end: {key, at, field, before, asked}. `before` is the content of the
  // field before the key, and `asked` is true if the field asks for a code.
  let run = []
  // The keys of the last run, if a pause ended it before there were enough keys for a scan.
  let tooFew = []
  let torn = "" // the text of `tooFew`, if this run followed it after the pause
  let follows = false // whether this run may be the rest of the last code
  let rested = false // whether a pause ended the last run with a code
  let last = -Infinity // when the last key was pressed
  let letter = -Infinity // when the last key with a character was pressed
  let letterBefore = -Infinity // when the second-to-last key with a character was pressed
  let timer = null
  // The result of the scanner check: {end: "Enter" | "Tab" | "none", gap, pause, layout}. `gap` and
  // `pause` are in ms. If `end` is "none", a pause of length `pause` ends a scan.
  let known = null
  const learned = () => {
    try {
      known = JSON.parse(localStorage.getItem(KNOWN))
    } catch { /* storage is blocked */ }
  }
  learned()
  addEventListener("storage", ({ key }) => { if (key === KNOWN) learned() })

  const held = []
  try {
    held.push(...JSON.parse(sessionStorage.getItem(STRAY) ?? "[]"))
    sessionStorage.removeItem(STRAY)
  } catch { /* storage is blocked */ }
  addEventListener("pagehide", () => {
    try { if (held.length) sessionStorage.setItem(STRAY, JSON.stringify(held)) } catch { /* storage is blocked */ }
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
  // If there are no keys, the text was pasted. Pasted text counts as typed by hand.
  const isByHand = (keys) => 2 * keys.filter((_, place) => isQuick(keys, place)).length < keys.length || !keys.length
  // A code that begins while the page is opening may have lost its first keys to the previous page.
  const isEarly = ([first]) => first !== undefined && first.at - opened < EARLY
  // Whether any of these keys was pressed in a box or outside all fields.
  const areFree = (keys) => keys.some(({ field }) => !field || isBox(field))

  const forget = () => {
    run = []
    tooFew = []
    rested = false
    clearTimeout(timer)
  }
  // Restore the content that each field had before these keys. A half-typed date is lost.
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
    const detail = { text: textOf(keys), early: missesEnd || isEarly(keys) || torn !== "" }
    if (dispatchEvent(new CustomEvent("relais:scan", { detail, cancelable: true }))) hold(detail.text, detail.early)
    else dispatchEvent(new Event("relais:held"))
  }
  // Hold a scan that no listener has taken, and announce it by the event "relais:held", whose
  // detail is the scan. If the event has no detail, a listener has taken a scan, or a box has taken
  // the held scans.
  const hold = (text, early = false) => {
    const scan = { text, early, place: document.body.dataset.page }
    held.push(scan)
    dispatchEvent(new CustomEvent("relais:held", { detail: scan }))
  }

  // Return the content of a box as {text, torn}. A few characters that were there before the scan
  // are no part of `text`.
  const codeIn = (box, keys) => {
    const left = keys[0]?.before ?? ""
    if (isByHand(keys)) return { text: box.value, torn: "" }
    const isLeft = left.length < LEAST && box.value.startsWith(left)
    return isLeft ? { text: box.value.slice(left.length), torn: left || torn } : { text: box.value, torn: "" }
  }
  const tell = (box, keys, end) => {
    const detail = { ...codeIn(box, keys), keys, byHand: isByHand(keys), early: isEarly(keys), follows, end }
    box.dispatchEvent(new CustomEvent("relais:end", { detail }))
  }

  // If all the keys were pressed in fields that are not boxes, return only the keys that came from
  // a scanner. A scanner sends its keystrokes in bursts, and people type one key at a time. A pause
  // may separate one keystroke of a scanner from its burst, so a single keystroke is kept if it is
  // the very first or follows a burst.
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

  // End the run after a pause. Either the scanner is known to send no end, or the end is missing.
  // If this timer is late, keys may be waiting to be handled, so wait again.
  const rest = (pause, due, tries = 3) => {
    if (performance.now() - due > pause / 2 && tries) {
      timer = setTimeout(rest, pause, pause, performance.now() + pause, tries - 1)
      return
    }
    const keys = run
    const [{ field, asked }] = keys
    forget()
    if (keys.length < LEAST && !follows) {
      tooFew = keys
      return
    }
    const end = known?.end === "none" && (follows || !isByHand(keys)) ? "none" : null
    rested = end === "none"
    if (isBox(field) && keys.every((key) => key.field === field)) {
      tell(field, keys, end)
    } else if (!asked) {
      const scan = ofScanner(keys)
      if ((follows || scan.length >= LEAST) && isScan(scan)) deliver(scan, !end || scan.length < LEAST)
    }
  }

  const lettered = (event) => {
    const pause = event.timeStamp - letter
    letterBefore = letter
    letter = event.timeStamp
    const origin = fieldOf(event)
    const isSpace = event.key === " "
    if (!origin && isSpace && !run.length) return // the space bar presses a button or scrolls
    const wait = known?.end === "none" ? known.pause : REST
    if (!run.length) {
      // According to the timestamps, there was no pause: the machine stalled, so this key is late.
      const isLate = pause <= wait
      if (isLate) run.push(...tooFew)
      torn = isLate ? "" : textOf(tooFew)
      follows = rested && pause <= STALL
    }
    const box = origin || isSpace ? null : window.scanner.box()
    box?.focus({ preventScroll: true }) // the key's text goes to the field that has the focus
    const field = origin ?? box
    run.push({ key: event.key, at: event.timeStamp, field, before: field?.value, asked: asksForCode(event) })
    clearTimeout(timer)
    timer = setTimeout(rest, wait, wait, performance.now() + wait)
    if (box) return
    // In a list, the first letter alone would choose another option; in a date field, a space would
    // open a calendar.
    const picks = event.composedPath()[0] instanceof HTMLSelectElement && !isSpace
    const goesOn = pause <= QUICK || (isSpace && pause < AFTER_LETTER)
    if (picks || (goesOn && (!field || field.matches(DATES)))) swallow(event)
  }

  const ended = (event) => {
    const keys = run
    const cut = keys.length ? keys : tooFew
    forget()
    if (ACTS.test(event.key)) tooFew = cut // a scanner may still send the rest of the code
    if (!ENDS.has(event.key) || event.shiftKey) return
    const field = fieldOf(event)
    if (isBox(field) && keys.every((key) => key.field === field)) {
      if (event.key === "Tab" && !field.value) return
      swallow(event)
      tell(field, keys, event.key)
      return
    }
    const scan = ofScanner(keys)
    const stumbled = !field && event.timeStamp - letter <= QUICK // nobody types that fast
    if (!isScan(scan) && !stumbled) return
    swallow(event) // a scanner sent this key, so it must not answer a question
    if (field && asksForCode(event)) field.form?.querySelector("[data-enter]")?.click()
    else if (isScan(scan)) deliver(scan)
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    last = event.timeStamp
    if (event.key.length === 1) lettered(event)
    else if (!MODIFIERS.has(event.key)) ended(event)
  }, true)
  // Keys typed into a field before a click do not begin a scan.
  addEventListener("pointerdown", () => { if (run.every(({ field }) => field)) forget() }, true)

  // In a closed list, an arrow key would choose the next option at once, for example another desk.
  // Let the arrow key open the list instead, as on a Mac. In an open list, the arrow keys work as
  // usual.
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
    // Return the scan box that is shown, or null. The code that shows a box replaces this function.
    box: () => null,
    inField: (event) => fieldOf(event) !== null,
    // Call `act` if no other key is pressed just before or after this key, because a scan must not
    // press anything. If this key was handled late, the next key may be late too, so wait longer.
    // `act` returns false if it did nothing. Otherwise, this key does not become part of a scan.
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
      try { localStorage.setItem(KNOWN, JSON.stringify(found)) } catch { /* storage is blocked */ }
    },
    // Return the scans that were made before this box existed, as {scans, begun}. `scans` holds the
    // held scans. `begun` is the beginning of a code that is still arriving; the caller puts it
    // into the box. The code may have begun outside all fields, or in `frame`, the field that was
    // shown in place of the box.
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
