// What one scan becomes: its id, its place in the workstation's order, the moment it was made.
// No randomUUID here: it is missing where the page is served over plain http.

export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

// Milliseconds since 1970 by the workstation's clock at the start of the page, carried on by the
// monotonic one: a clock set right in the middle of an outage reorders nothing.
export function stamp() {
  return performance.timeOrigin + performance.now()
}

// One order for every tab of a workstation, kept across its days.
export function nextSequence(storage) {
  let last = 0
  try {
    last = Number(storage.getItem("relais.sequence")) || 0
    storage.setItem("relais.sequence", String(last + 1))
  } catch {
    // Storage may be forbidden or full: the order then comes from the moment alone.
    return Math.round(performance.now())
  }
  return last + 1
}
