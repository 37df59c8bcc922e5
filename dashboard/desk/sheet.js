// The day's loans on paper, reader by reader, with bars to scan them again; then lines to fill in.
import { barcode } from "./code128.js"

const BLANKS = 12

export function printSheet(speech, loans, { desk, workstation }) {
  const now = Date.now()
  const place = speech.part("sheet")
  const head = speech.form("sheet-head", {
    title: speech.say("sheet_title", { day: speech.day(now) }),
    about: speech.say("sheet_about", { desk, workstation, time: speech.clock(now) }),
  })
  const table = document.createElement("table")
  table.append(...turns(loans).map((turn) => body(speech, turn)))
  place.replaceChildren(head, table, blanks(speech))
  print()
}

// Loans in a row of one reader are one turn, as they were at the desk; without a card, its note is.
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
  const who = patron ? { code: patron, bars: barcode(patron) ?? "" } : { code: speech.say("sheet_waiting", { note }) }
  const rows = speech.form("sheet-patron", who)
  for (const line of lines) {
    rows.append(speech.form("sheet-item", { time: speech.clock(line.at), code: line.item, bars: barcode(line.item) ?? "" }))
  }
  return rows
}

function blanks(speech) {
  const table = speech.form("sheet-blank")
  for (let count = 0; count < BLANKS; count += 1) table.tBodies[0].insertRow().append(...cells(3))
  return table
}

function cells(count) {
  return Array.from({ length: count }, () => document.createElement("td"))
}
