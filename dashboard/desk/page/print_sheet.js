// Prints the day's loans, patron by patron, with barcodes for scanning them again, and blank lines
// to fill in.
import { barcode } from "relais/code128.js"

const BLANKS = 18 // lines that fit on a page

export function printSheet(speech, loans, { desk, workstation }) {
  const now = Date.now()
  const words = {
    title: speech.say("sheet_title", { day: speech.dayAndYear(now) }),
    about: [desk, workstation].filter(Boolean).join(", "),
    printed: speech.say("sheet_printed", { time: speech.clock(now), loans: speech.count("sheet_loans", loans.length) }),
  }
  const tables = [blanks(speech, words)]
  if (loans.length) tables.unshift(table(speech, words, loans))
  speech.part("sheet").replaceChildren(...tables)
  print()
}

// The heading, with the title, desk and workstation, is repeated on every printed page.
function table(speech, words, loans) {
  const made = speech.form("sheet-loans", words)
  made.append(...turns(loans).map((turn) => body(speech, turn)))
  return made
}

// Group the loans into turns. Consecutive loans to the same patron form one turn. Consecutive loans
// without a card form one turn if they have the same `turn` or, if it is missing, the same note.
function turns(loans) {
  const found = []
  for (const loan of loans) {
    const { patron, note, turn } = loan
    const whose = patron ?? turn ?? note
    if (found.at(-1)?.whose !== whose) found.push({ whose, patron, note, lines: [] })
    found.at(-1).lines.push(loan)
  }
  return found
}

function body(speech, { patron, note, lines }) {
  const rows = patron ? speech.form("sheet-patron", { code: patron, bars: barcode(patron) ?? "" }) : speech.form("sheet-noted", { note })
  for (const line of lines) {
    rows.append(speech.form("sheet-item", { time: speech.clock(line.at), code: line.item, bars: barcode(line.item) ?? "" }))
  }
  return rows
}

function blanks(speech, words) {
  const made = speech.form("sheet-blank", words)
  for (let count = 0; count < BLANKS; count += 1) made.tBodies[0].insertRow().append(...cells(3))
  return made
}

function cells(count) {
  return Array.from({ length: count }, () => document.createElement("td"))
}
