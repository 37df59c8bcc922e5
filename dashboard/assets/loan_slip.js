// What a user takes along, as text: the same as loan_slip() in procedure/circulation/due_dates.py writes. Who borrowed stands
// nowhere on it: a slip is left behind on tables.

const PAPER = `
  @page { margin: 14mm }
  body { margin: 0; color: #000 }
  h1 { font: 600 14pt/1.3 system-ui, sans-serif; margin: 0 0 4mm }
  pre { font: 12pt/1.6 ui-monospace, Consolas, monospace; white-space: pre-wrap; margin: 0; orphans: 3; widows: 3 }`
const ZONE = { timeZone: document.documentElement.dataset.zone }
const date = new Intl.DateTimeFormat("sv-SE", ZONE) // YYYY-MM-DD

// `loans` are rows of todays_transactions.js; `words` are {title, line, day, caution}.
export function slip(loans, guard, words) {
  const ordered = [...loans].sort((one, other) => one.made - other.made)
  if (!ordered.length) return ""
  const wide = Math.max(...ordered.map((loan) => loan.item.length))
  const lines = ordered.map(({ at, item }) => {
    const due = written(guard.due(date.format(new Date(at)), item), words.day)
    return fill(words.line, { item: item.padEnd(wide), due })
  })
  const title = fill(words.title, { day: written(date.format(new Date(ordered.at(-1).at)), words.day) })
  return [title, "", ...lines, "", words.caution, ""].join("\n")
}

// A frame of its own is printed: nothing of the page around it comes along.
export function printText(text, title) {
  const frame = document.createElement("iframe")
  frame.style.cssText = "position: fixed; width: 0; height: 0; border: 0" // what is hidden is not printed
  document.body.append(frame)
  const inside = frame.contentDocument
  inside.title = title
  inside.documentElement.lang = document.documentElement.lang
  // Its first line is the heading.
  const [first, ...lines] = text.split("\n")
  const [heading, sheet, look] = ["h1", "pre", "style"].map((name) => inside.createElement(name))
  heading.textContent = first
  sheet.textContent = lines.join("\n").trim()
  look.textContent = PAPER
  inside.head.append(look)
  inside.body.append(heading, sheet)
  frame.contentWindow.addEventListener("afterprint", () => setTimeout(() => frame.remove()))
  frame.contentWindow.print()
}

// A day as `%d.%m.%Y` says it.
function written(day, format) {
  const [year, month, date] = day.split("-")
  return format.replace("%d", date).replace("%m", month).replace("%Y", year)
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
}
