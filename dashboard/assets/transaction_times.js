// The instants under which transactions are recorded: in the order in which they were made, whatever
// was done to the workstation's clock in between.

// Where a transaction stands on this workstation's own scale (ms), which never goes back: what its
// clock said, and by how much that was carried on; see ServerClock.carry.
export function stampOf(line) {
  return Date.parse(line.made_at) + 1000 * (line.held_s ?? 0)
}

// The newest that the server has acknowledged: {stamp, at}, on this workstation's scale and on the
// server's (ms). What was made later is recorded later.
export const NONE = { stamp: -Infinity, at: -Infinity }

export function later(floor, line) {
  if (line.late) return floor
  return { stamp: Math.max(floor.stamp, stampOf(line)), at: Math.max(floor.at, Date.parse(line.at)) }
}

// Correct the lines, which come in the order of their numbers. `skew` (ms) is what is known of the
// clock now, null when nothing is; it is for the lines that were made while nothing was known. None
// comes before what was made earlier: then it and those after it are moved, with the time between
// them kept. What was made before the floor and is sent again, since its reader was corrected, stays
// where it was; so does what was written on paper.
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
