// Classifies scans and finds the doubts about them. The rules are the same as in
// procedure/circulation/scan_classification.py, and the same table of scans tests both files.
// `rules` is the result of `Handbook.scan_rules()`.

const SHORTEST = 5 // minimum length of each of two scans that may have run together
const MISTYPED = 4 // a scan is repaired only if a keyboard layout garbled at least this many digits
export const USERS = new Set(["card", "number", "either"])

// Match only this many characters, to limit the time that matching takes. Longer codes are not
// recorded.
const LONGEST = 255
const whole = (shape) => {
  const pattern = new RegExp(`^(?:${shape})$`, "i")
  return { test: (code) => pattern.test(code.slice(0, LONGEST)) }
}
const never = { test: () => false }

export class ScanClassifier {
  constructor(rules) {
    this.follow(rules)
  }

  // Use these rules from now on, for example after a change to the handbook.
  follow(rules) {
    this.days = rules.days
    this.lists = rules.lists // how a desk handles the warnings from the lists
    // The minimum length for each place. A shorter scan without a known shape counts as part of a
    // code.
    this.shortest = rules.shortest
    this.keyboards = rules.keyboards
    this.forms = rules.forms.map((form) => ({
      ...form, shape: whole(form.shape), partial: form.partial ? whole(form.partial) : never,
    }))
  }

  // Whether the handbook describes the shape of cards. If it does not, the next patron's card
  // counts as an item lent to the previous patron, unless Escape is pressed first.
  get describesCards() {
    return this.forms.some(({ kind }) => kind === "card")
  }

  // `place` says what is expected: "patron" or "item". The result is {text, kind, form, warning,
  // repaired}. `text` is the code to record. `repaired` says why the code was changed ("keyboard"
  // or "case"), or is null.
  classify(scanned, place) {
    const arrived = scanned.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")
    const meant = this.#hadBack(arrived)?.meant ?? null
    const code = meant ?? arrived
    const form = this.form(code)
    const text = spelled(code, form)
    const kind = this.#either(code, form) ? "either" : form?.kind ?? "unknown"
    const warning = form ? doubtOfKnown(code, form, kind, place) : this.#doubtOfUnknown(code, place)
    const repaired = meant !== null ? "keyboard" : text !== code ? "case" : null
    return { text, kind, form: form?.name ?? null, warning, repaired }
  }

  // Return the doubt about a patron's scan and an item's scan, or null. Both arguments are results
  // of `classify`.
  pairDoubt(patron, item) {
    if (patron.text.toLowerCase() === item.text.toLowerCase()) return "looks_like_patron"
    if (item.kind === "card" && !USERS.has(patron.kind)) return "swapped"
    return item.warning ?? patron.warning
  }

  // Return the first shape that matches the code, or null. Shapes with `wins` are tried first.
  form(code) {
    const forms = this.forms.filter((form) => form.shape.test(code))
    return forms.find((form) => form.wins) ?? forms[0] ?? null
  }

  // Whether the code matches both the shape of a card and the shape of an item, and neither shape
  // wins.
  #either(code, form) {
    if (!form || form.wins) return false
    const kinds = new Set(this.forms.filter((form) => form.shape.test(code)).map((form) => form.kind))
    return kinds.has("card") && kinds.has("item")
  }

  // Return the due date (`YYYY-MM-DD`) of an item lent on the local date `day`. `told` holds the
  // warnings that the lists gave about the loan.
  due(day, item, told) {
    const back = new Date(`${day}T12:00:00Z`) // noon UTC, so that clock changes do not matter
    back.setUTCDate(back.getUTCDate() + this.daysOf(item, told))
    return back.toISOString().slice(0, 10)
  }

  // Return an item's loan period in days. The period comes from the list of items, or else from the
  // shape of the item's barcode, or else from the handbook's default.
  daysOf(item, told) {
    return told?.find(({ days }) => days)?.days ?? this.forms.find((form) => form.kind === "item" && form.shape.test(item))?.days ?? this.days
  }

  // Return the name of the keyboard layout that explains the characters of a scan, or null if no
  // layout does.
  keyboard(scanned) {
    return this.#hadBack(scanned.trim())?.name ?? null
  }

  #hadBack(code) {
    for (const { name, digits, others, telling } of this.keyboards) {
      const keys = [...code]
      const known = { ...digits, ...others }
      const mistyped = keys.filter((key) => Object.hasOwn(digits, key)).length
      if (mistyped < MISTYPED || !keys.some((key) => telling.includes(key))) continue
      if (!keys.every((key) => Object.hasOwn(known, key) || /^[A-Za-z]$/.test(key))) continue
      return { name, meant: keys.map((key) => known[key] ?? key).join("") }
    }
    return null
  }

  #doubtOfUnknown(code, place) {
    if (this.#glued(code)) return "glued"
    const partly = this.forms.filter((form) => form.partial.test(code))
    if (code.length < this.shortest[place] || partly.some((form) => place === "patron" || form.lettered)) return "partial"
    if (place === "patron") return this.describesCards ? "unknown_card" : null
    return code === code.toUpperCase() ? null : "small_letters"
  }

  #glued(code) {
    const parts = code.split(/\s+/).filter(Boolean)
    if (parts.length > 1) return parts.every((part) => part.length >= SHORTEST)
    if (code.length > LONGEST) return false
    for (let cut = SHORTEST; cut <= code.length - SHORTEST; cut += 1) {
      if (this.#two(code.slice(0, cut), code.slice(cut))) return true
    }
    return false
  }

  #two(left, right) {
    if (left === right) return true
    const known = [this.form(left), this.form(right)].filter(Boolean)
    if (known.some((form) => form.lettered)) return true
    return known.length === 2 && known.some((form) => form.kind !== "number")
  }
}

function spelled(code, form) {
  if (form?.spelling === "upper") return code.toUpperCase()
  return form?.spelling === "lower" ? code.toLowerCase() : code
}

function doubtOfKnown(code, form, kind, place) {
  if (kind === "either") return place === "item" ? "looks_like_patron" : null
  if (kind === "neither") return form.warning
  if (place === "patron") return kind === "item" ? "looks_like_item" : form.warning
  // A number without punctuation may also be an item's barcode; a number with punctuation always
  // belongs to a patron.
  return kind === "card" || (kind === "number" && !/^[0-9]*$/.test(code)) ? "looks_like_patron" : null
}
