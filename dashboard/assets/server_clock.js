// The workstation's time, and how far it stands from the server's.

const JUMP = 2000 // ms by which the wall clock leaves the steady one: it was set, or the machine slept
const SAME = 1000 // ms: two measures this close are one, so that no scan overtakes another
const SAMPLES = 9

export class ServerClock {
  constructor() {
    this.ahead = 0
    this.carried = 0 // ms by which the stamps are before what the clock says
    this.born = performance.timeOrigin + performance.now()
    this.carries = []
    this.skew = null // ms to add to this workstation's time to have the server's; null: not known
    this.skews = [] // {until, skew}: what was known of the stamps from before a jump
    this.samples = []
  }

  // Milliseconds since 1970. The steady clock carries the time of the page's start on, so a clock
  // set back reorders nothing; what the steady clock slept through is made up for.
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

  // Go on from the newest stamp of an earlier page: a clock that was set back in between would put
  // what is made now before it.
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

  // A stamp of this page from before it was known where to go on.
  placed(stamp) {
    if (stamp < this.born) return stamp
    return this.carries.reduce((placed, { until, by }) => (placed <= until ? placed + by : placed), stamp)
  }

  // The skew of a stamp: a scan that is recorded again keeps its time, though the clock was set since.
  skewAt(stamp) {
    const before = stamp < this.born ? undefined : this.skews.find(({ until }) => stamp <= until)
    return before ? before.skew : this.skew
  }

  // By how much the workstation's clock is behind the server's (ms), 0 while nothing is known.
  get off() {
    return this.skew === null ? 0 : this.skew + this.carried
  }

  // One exchange with the server: when it was asked, what it said, when the answer was here.
  learn({ asked, said, heard }) {
    this.samples = [...this.samples, said - (this.placed(asked) + this.placed(heard)) / 2].slice(-SAMPLES)
    const middle = median(this.samples)
    if (this.skew === null || Math.abs(middle - this.skew) > SAME) this.skew = middle
  }

  // Whether enough was measured for a word about it.
  get sure() {
    return this.samples.length >= 3
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
