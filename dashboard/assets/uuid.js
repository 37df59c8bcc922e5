// The id of a scan's transaction: a version 7 UUID (RFC 9562), with the time in ms in its first 48
// bits. crypto.randomUUID is not available over plain HTTP, and makes version 4 UUIDs.

const MOST = 0xfff // greatest value of the twelve bits that number the ids made in one millisecond
const HALF = 0x7ff // greatest first number in a millisecond, so that there is room for more ids
let last = 0
let count = 0

// Return a new id. It is greater than all the ids that this page made before, even if the clock was
// set back.
export function uuid(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  if (now > last) {
    last = now
    count = ((bytes[6] << 8) | bytes[7]) & HALF
  } else if (count < MOST) count += 1
  else {
    last += 1 // more than two thousand ids in a millisecond
    count = 0
  }
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(last / 2 ** (8 * (5 - place)))
  bytes[6] = 0x70 | (count >> 8)
  bytes[7] = count
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
