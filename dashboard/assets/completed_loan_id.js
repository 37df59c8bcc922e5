// The id of the loan that completes a pending loan: the version 5 UUID (RFC 9562) of "loan" in the
// namespace of the pending loan's id, as in procedure/circulation/pending_loans.py. SHA-1 (FIPS
// 180-4) is implemented here because crypto.subtle is not available over plain HTTP. The hash is
// used to make an id, not for security.

const NAME = "loan"
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
const ROUNDS = [
  [0x5a827999, (b, c, d) => (b & c) | (~b & d)],
  [0x6ed9eba1, (b, c, d) => b ^ c ^ d],
  [0x8f1bbcdc, (b, c, d) => (b & c) | (b & d) | (c & d)],
  [0xca62c1d6, (b, c, d) => b ^ c ^ d],
]

export function loanId(waiting) {
  const space = waiting.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16))
  const bytes = sha1([...space, ...[...NAME].map((letter) => letter.charCodeAt(0))]).slice(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x50
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

// Return the SHA-1 of a message that fits in a single 64-byte block.
export function sha1(message) {
  const block = new Array(16).fill(0)
  for (const [place, byte] of [...message, 0x80].entries()) block[place >> 2] |= byte << (24 - 8 * (place & 3))
  block[15] = 8 * message.length
  for (let place = 16; place < 80; place += 1) {
    block[place] = turned(block[place - 3] ^ block[place - 8] ^ block[place - 14] ^ block[place - 16], 1)
  }
  let state = START
  for (let place = 0; place < 80; place += 1) state = round(state, block[place], ROUNDS[Math.floor(place / 20)])
  return START.flatMap((start, place) => {
    const word = (start + state[place]) | 0
    return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff)
  })
}

function round([a, b, c, d, e], word, [constant, mixed]) {
  return [(turned(a, 5) + mixed(b, c, d) + e + constant + word) | 0, a, turned(b, 30), c, d]
}

function turned(word, by) {
  return (word << by) | (word >>> (32 - by))
}
