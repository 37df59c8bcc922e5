// What was scanned, and what is doubtful about it: the same as procedure/circulation/scan_classification.py, by the
// same rules. `rules` is what `ScanRules.for_page()` gives. One table of scans tests both.

const SHORTEST = 5 // the least that is a scan of its own, where two may have run together
const MISTYPED = 4 // as many digits must have been mistyped before a text is taken for a number
export const USERS = new Set(["card", "number", "either"])

// Only so many characters are looked at: nothing longer is recorded, and matching has an end.
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

  // Look by other rules from now on: the handbook was changed.
  follow(rules) {
    this.days = rules.days
    this.lists = rules.lists // what a desk does about what the lists say
    this.shortest = rules.shortest // without a shape of its own, a shorter scan is a piece of one
    this.keyboards = rules.keyboards
    this.forms = rules.forms.map((form) => ({
      ...form, shape: whole(form.shape), partial: form.partial ? whole(form.partial) : never,
    }))
  }

  // Without a shape of cards the next reader's card is an item of the reader before.
  get describesCards() {
    return this.forms.some(({ kind }) => kind === "card")
  }

  // `place` is "patron" or "item", whichever is expected. The answer: {text, kind, form, warning,
  // repaired}; `text` is what is to be recorded, `repaired` says why it is not what arrived.
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

  // The doubt about two scans, each as `classify` gave it.
  pairDoubt(patron, item) {
    if (patron.text.toLowerCase() === item.text.toLowerCase()) return "looks_like_patron"
    if (item.kind === "card" && !USERS.has(patron.kind)) return "swapped"
    return item.warning ?? patron.warning
  }

  // The shape that the code has: one that wins before the others, then the first.
  form(code) {
    const forms = this.forms.filter((form) => form.shape.test(code))
    return forms.find((form) => form.wins) ?? forms[0] ?? null
  }

  // Whether the code has the shape of a card and of an item, and neither wins.
  #either(code, form) {
    if (!form || form.wins) return false
    const kinds = new Set(this.forms.filter((form) => form.shape.test(code)).map((one) => one.kind))
    return kinds.has("card") && kinds.has("item")
  }

  // The day on which an item lent at this local day, `YYYY-MM-DD`, is expected back; `told` is what
  // the lists say of it.
  due(day, item, told) {
    const back = new Date(`${day}T12:00:00Z`) // a day of the calendar: no clock is ever changed in it
    back.setUTCDate(back.getUTCDate() + this.daysOf(item, told))
    return back.toISOString().slice(0, 10)
  }

  // For how many days an item is lent: by the list of items, else by its shape.
  daysOf(item, told) {
    return told?.find(({ days }) => days)?.days ?? this.forms.find((form) => form.kind === "item" && form.shape.test(item))?.days ?? this.days
  }

  // The name of the keyboard that explains a scan; null when none has to.
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
  // Digits alone may be an item's barcode as well; a number that is punctuated is a user's.
  return kind === "card" || (kind === "number" && !/^[0-9]*$/.test(code)) ? "looks_like_patron" : null
}
