// A patron's slip as text, with the items grouped by due date. It does not name the patron, because
// slips get left behind on tables.

// The printer determines the paper size: a roll 58 or 80 mm wide, A5, or the top of a larger sheet.
const PAPER = `
  @page { margin: 0 }
  body { margin: 0; color: #000; background: #fff; font: 400 11pt/1.35 system-ui, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums }
  main { box-sizing: border-box; max-width: 148mm; padding: 14mm; overflow-wrap: anywhere }
  p, h1, h2, ul { margin: 0; padding: 0; list-style: none }
  header { padding-bottom: 2mm; border-bottom: 0.4mm solid #000 }
  header p:first-child { font-weight: 700; font-size: 1.15em; line-height: 1.2 }
  h1 { margin-top: 0.5em; font-size: 1.5em; line-height: 1.2 }
  section { margin-top: 3mm; padding-top: 2mm; border-top: 0.2mm solid #000; break-inside: avoid }
  h2 { font-size: 1.15em; line-height: 1.25 }
  li { margin-top: 1mm; font-family: ui-monospace, Consolas, monospace }
  footer { margin-top: 3mm; padding-top: 2mm; border-top: 0.4mm solid #000 }
  @media (max-width: 90mm) { body { font-size: 9.5pt } main { padding: 4mm 4mm 8mm } }
  @media (max-width: 65mm) { body { font-size: 8.5pt } main { padding: 3mm 3mm 8mm } }`
const ZONE = { timeZone: document.documentElement.dataset.zone }
const date = new Intl.DateTimeFormat("sv-SE", ZONE) // YYYY-MM-DD

// `loans` are rows from todays_transactions.js; `words` are the `SlipWords` of one language.
export function slip(loans, classifier, words) {
  const ordered = [...loans].sort((a, b) => a.made - b.made)
  if (!ordered.length) return ""
  const byDay = new Map()
  for (const { at, item, told } of ordered) {
    const due = classifier.due(date.format(new Date(at)), item, told)
    byDay.set(due, [...(byDay.get(due) ?? []), item])
  }
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = days.map(([day, items]) => {
    const values = { count: items.length, due: written(day, words.day) }
    return [fill(items.length === 1 ? words.one : words.many, values), ...items].join("\n")
  })
  const title = fill(words.title, { day: written(date.format(new Date(ordered.at(-1).at)), words.day) })
  return `${[words.head, title, ...parts, words.caution].join("\n\n")}\n`
}

// Print only the text, in a separate frame. A browser in kiosk printing mode does not show a
// dialog.
export function printText(text, { title, lang }) {
  const frame = document.createElement("iframe")
  frame.style.cssText = "position: fixed; width: 0; height: 0; border: 0" // a hidden frame would not be printed
  document.body.append(frame)
  const inside = frame.contentDocument
  inside.title = title
  inside.documentElement.lang = lang
  inside.head.append(made(inside, "style", PAPER))
  inside.body.append(paper(inside, text))
  frame.contentWindow.addEventListener("afterprint", () => setTimeout(() => frame.remove()))
  frame.contentWindow.print()
}

function paper(inside, text) {
  const [head, title, ...parts] = text.trim().split("\n\n").map((part) => part.split("\n"))
  const caution = parts.pop()
  const lines = (name, texts) => texts.map((line) => made(inside, name, line))
  const due = parts.map(([day, ...items]) => made(inside, "section", made(inside, "h2", day), made(inside, "ul", ...lines("li", items))))
  return made(inside, "main",
    made(inside, "header", ...lines("p", head)), ...lines("h1", title), ...due, made(inside, "footer", ...lines("p", caution)))
}

function made(inside, name, ...content) {
  const element = inside.createElement(name)
  element.append(...content)
  return element
}

// Format a day according to a pattern such as `%d.%m.%Y`.
function written(day, format) {
  const [year, month, date] = day.split("-")
  return format.replace("%d", date).replace("%m", month).replace("%Y", year)
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
}
