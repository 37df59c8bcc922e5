// The workstation's time, and its offset from the server's time.

const JUMP = 2000 // if the wall clock is this many ms ahead of the steady clock, it was set or the machine slept
const SAME = 1000 // ms; smaller differences do not change the skew, so that scans stay in order
const SAMPLES = 9

export class ServerClock {
  constructor() {
    this.ahead = 0
    this.carried = 0 // ms by which `carry` has moved the stamps ahead of the wall clock
    this.born = performance.timeOrigin + performance.now()
    this.carries = []
    this.skew = null // ms from this workstation's time to the server's time; null if unknown
    this.skews = [] // {until, skew}: for each jump, the skew of the stamps made before it
    this.samples = []
  }

  // Return the time in milliseconds since 1970. It follows the steady clock from the start of the
  // page, so setting the wall clock back does not reorder anything. The time for which the
  // machine slept is added, as is the amount by which the clock was set forward.
  stamp() {
    const steady = performance.timeOrigin + performance.now() + this.ahead
    const behind = Date.now() + this.carried - steady
    if (behind < JUMP) return steady
    if (this.skew !== null) this.skews.push({ until: steady, skew: this.skew })
    this.ahead += behind
    this.samples = []
    this.skew = null
    return steady + behind
  }

  // Continue from the newest stamp of an earlier page. Otherwise, if the clock was set back in
  // between, new transactions would come before older ones.
  carry(latest) {
    const now = this.stamp()
    const behind = latest - now
    if (!(behind > 0)) return
    if (behind > JUMP) {
      this.carries.push({ until: now, by: behind })
      this.skews = this.skews.map(({ until, skew }) => ({ until: until + behind, skew: skew - behind }))
    }
    this.ahead += behind
    this.carried += behind
    this.samples = this.samples.map((sample) => sample - behind)
    if (this.skew !== null) this.skew -= behind
  }

  // Return the stamp, adding each amount of more than `JUMP` by which `carry` has moved the clock
  // forward since this page made the stamp.
  placed(stamp) {
    if (stamp < this.born) return stamp
    return this.carries.reduce((placed, { until, by }) => (placed <= until ? placed + by : placed), stamp)
  }

  // Return the skew that applied when the stamp was made, so a scan that is recorded again keeps
  // its time even if the clock has been set since then.
  skewAt(stamp) {
    const before = stamp < this.born ? undefined : this.skews.find(({ until }) => stamp <= until)
    return before ? before.skew : this.skew
  }

  // How far the workstation's clock is behind the server's clock (ms), or 0 if unknown.
  get off() {
    return this.skew === null ? 0 : this.skew + this.carried
  }

  // Update the skew after an exchange with the server, given the time of the request, the time in
  // the server's answer, and the time at which the answer arrived.
  learn({ asked, serverTime, received }) {
    this.samples = [...this.samples, serverTime - (this.placed(asked) + this.placed(received)) / 2].slice(-SAMPLES)
    const middle = median(this.samples)
    if (this.skew === null || Math.abs(middle - this.skew) > SAME) this.skew = middle
  }

  // Whether there are enough measurements to rely on the clock's offset.
  get sure() {
    return this.samples.length >= 3
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
