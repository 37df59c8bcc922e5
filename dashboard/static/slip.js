// What a user takes along, as text: the same as procedure/slip.py writes. Who borrowed stands
// nowhere on it: a slip is left behind on tables.

const ZONE = { timeZone: "Europe/Zurich" }
const date = new Intl.DateTimeFormat("sv-SE", ZONE) // YYYY-MM-DD

// `loans` are rows of today.js; `words` are {title, line, day, caution}.
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
  const sheet = inside.createElement("pre")
  sheet.style.cssText = "font: 12pt/1.5 ui-monospace, Consolas, monospace; white-space: pre-wrap; margin: 0"
  sheet.textContent = text
  inside.body.append(sheet)
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
