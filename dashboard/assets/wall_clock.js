// Converts between instants and the days and times that the library's clocks show, as staff write
// them on paper.

const DAY = 24 * 3_600_000
const SHOWN = new Intl.DateTimeFormat("sv-SE", {
  timeZone: document.documentElement.dataset.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
})

// Return the instant in ms at which the library's clocks show this day (YYYY-MM-DD) and time
// (HH:MM). If there are two, return the earlier one; if there is none, return null.
export function instant(day, time) {
  const wall = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(wall)) return null
  const shows = (at) => SHOWN.format(at) === `${day} ${time}`
  // The offsets from UTC a day before and a day after; they differ if the clocks change in between.
  const offsets = [wall - DAY, wall + DAY].map((at) => Date.parse(`${SHOWN.format(at).replace(" ", "T")}Z`) - at)
  return offsets.map((offset) => wall - offset).sort((a, b) => a - b).find(shows) ?? null
}

export function shown(at) {
  const [day, time] = SHOWN.format(at).split(" ")
  return { day, time }
}

// In French, the first of a month is written 1er.
export function ordinal(date, locale) {
  return locale.startsWith("fr") ? date.replace(/\b1 (?=\p{L})/u, "1er ") : date
}
