// The times that are recorded for transactions. They follow the order in which the transactions
// were made, even if the workstation's clock was changed in between.

// Return a transaction's position on this workstation's own scale (ms), which never goes backwards:
// the time on the workstation's clock, plus the amount by which `ServerClock.carry` had moved the
// stamps forward.
export function stampOf(line) {
  return Date.parse(line.made_at) + 1000 * (line.held_s ?? 0)
}

// A floor describes the newest acknowledged transaction: {stamp, at}, its times (ms) on this
// workstation's scale and on the server's clock. Transactions made later must be recorded later.
// `NONE` is the floor if there is no such transaction.
export const NONE = { stamp: -Infinity, at: -Infinity }

export function later(floor, line) {
  if (line.late) return floor
  return { stamp: Math.max(floor.stamp, stampOf(line)), at: Math.max(floor.at, Date.parse(line.at)) }
}

// Correct the times of the lines, which are in order of sequence number. `skew` (ms) is the clock's
// current skew, or null if unknown; it applies to lines made while the skew was unknown. If a line
// would come before a line made earlier, it is moved to just after the earlier line, and later
// lines with an unknown skew are moved by the same amount. A line keeps its time if it was entered
// from paper, or if it was made before the floor and is sent again because its patron was
// corrected.
export function inOrder(lines, floor, skew) {
  let { stamp, at } = floor
  let unknown = skew ?? 0
  return lines.map((line) => {
    if (line.late) return line
    const own = stampOf(line)
    const known = typeof line.skew_s === "number"
    let instant = known ? Date.parse(line.made_at) + 1000 * line.skew_s : own + unknown
    if (own >= stamp) {
      if (instant < at) instant = at + 1
      if (!known) unknown = instant - own
      stamp = own
      at = instant
    }
    const skew_s = known || skew !== null ? (instant - Date.parse(line.made_at)) / 1000 : null
    return { ...line, skew_s, at: new Date(instant).toISOString() }
  })
}
