// Synchronous HMAC-SHA-256 and PBKDF2: crypto.subtle is asynchronous, and a scan must not wait.

const BLOCK = 64 // bytes
const primes = [2]
for (let number = 3; primes.length < 64; number += 2) if (primes.every((prime) => number % prime)) primes.push(number)
const fraction = (root) => (root % 1) * 2 ** 32
const CONSTANTS = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const BEGIN = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const words = new Uint32Array(64)

export class Hmac {
  // `key` has at most 64 bytes.
  constructor(key) {
    const whole = new Uint8Array(BLOCK)
    whole.set(key)
    this.inner = begun(whole.map((byte) => byte ^ 0x36))
    this.outer = begun(whole.map((byte) => byte ^ 0x5c))
  }

  // Return the HMAC of a message (bytes), as eight 32-bit words.
  digest(message) {
    const state = this.inner.slice()
    const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK)
    padded.set(message)
    padded[message.length] = 0x80
    new DataView(padded.buffer).setUint32(padded.length - 4, (BLOCK + message.length) * 8)
    for (let from = 0; from < padded.length; from += BLOCK) compress(state, padded, from)
    return this.#closed(state)
  }

  // Return the HMAC of eight words, such as an earlier HMAC.
  again(digest) {
    return this.#closed(ended(this.inner, digest))
  }

  #closed(state) {
    return ended(this.outer, state)
  }
}

// Return the first two 32-bit words of PBKDF2-HMAC-SHA-256.
export function stretched(password, salt, rounds) {
  const mac = new Hmac(password)
  let digest = mac.digest(Uint8Array.of(...salt, 0, 0, 0, 1))
  let [first, second] = digest
  for (let round = 1; round < rounds; round += 1) {
    digest = mac.again(digest)
    first ^= digest[0]
    second ^= digest[1]
  }
  return [first >>> 0, second >>> 0]
}

function begun(block) {
  const state = BEGIN.slice()
  compress(state, block, 0)
  return state
}

// Return the state after the last block of a two-block message. That block holds a digest and the
// padding. `before` is the state after the first block.
function ended(before, digest) {
  const state = before.slice()
  words.fill(0, 8, 16)
  words.set(digest)
  words[8] = 0x80000000
  words[15] = (BLOCK + 32) * 8
  mix(state)
  return state
}

function compress(state, bytes, from) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, BLOCK)
  for (let place = 0; place < 16; place += 1) words[place] = view.getUint32(4 * place)
  mix(state)
}

function mix(state) {
  for (let place = 16; place < 64; place += 1) {
    const far = words[place - 15]
    const near = words[place - 2]
    const low = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3)
    const high = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10)
    words[place] = words[place - 16] + low + words[place - 7] + high
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let place = 0; place < 64; place += 1) {
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[place] + words[place]) | 0
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

function turned(word, by) {
  return (word >>> by) | (word << (32 - by))
}
