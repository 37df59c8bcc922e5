// Converts between instants and the days and times that the library's clocks show, as staff write
// them on paper.

const SHOWN = new Intl.DateTimeFormat("sv-SE", {
  timeZone: document.documentElement.dataset.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
})

// Return the instant in ms at which the library's clocks show this day (YYYY-MM-DD) and time
// (HH:MM). If there are two, return the earlier one; if there is none, return null.
export function instant(day, time) {
  const wall = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(wall)) return null
  const shows = (at) => SHOWN.format(at) === `${day} ${time}`
  return [2, 1].map((hours) => wall - 3_600_000 * hours).find(shows) ?? null
}

export function shown(at) {
  const [day, time] = SHOWN.format(at).split(" ")
  return { day, time }
}

// In French, the first of a month is written 1er.
export function ordinal(date, locale) {
  return locale.startsWith("fr") ? date.replace(/\b1 (?=\p{L})/u, "1er ") : date
}
