// Formats durations, and computes the ages of readings. This is a classic script, because page.js
// uses it and runs before all modules.
;(() => {
  const JUMP = 2000 // if the wall clock is this many ms ahead of the steady clock, it was set or the machine slept
  // `ahead` falls by this much per ms. Otherwise, if the workstation's clock were set forward, all
  // later readings would look too old.
  const LEAK = 1 / 60
  let slept = 0
  let ahead = -Infinity // ms from `now()` to the server's time, according to the fastest message
  let learned = 0

  // Return the workstation's time in ms: the steady clock, plus every forward jump of the wall
  // clock (the machine was asleep, or the clock was set forward).
  const now = () => {
    const steady = performance.timeOrigin + performance.now() + slept
    const behind = Date.now() - steady
    if (behind < JUMP) return steady
    slept += behind
    return steady + behind
  }

  window.durations = {
    FRESH: 30, // a reading younger than this many seconds is called up to date
    now,
    inWords(seconds) {
      const s = Math.max(0, Math.round(seconds))
      if (s < 60) return `${s}\u202fs`
      const minutes = Math.round(s / 60)
      if (minutes < 60) return `${minutes}\u202fmin`
      return `${Math.floor(minutes / 60)}\u202fh\u202f${String(minutes % 60).padStart(2, "0")}`
    },
    // Learn the server's time (ms) from a message. If the message was delayed, for example while
    // the machine was asleep, its time is too early, so the larger estimate of `ahead` is used.
    learn(serverTime) {
      const local = now()
      ahead = Math.max(ahead - LEAK * (local - learned), serverTime - local)
      learned = local
    },
    // Return the number of seconds since a time (ms) on the server's clock.
    since: (at) => (now() + ahead - at) / 1000,
  }
})()
