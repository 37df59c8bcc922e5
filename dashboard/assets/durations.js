// Durations in words, and ages of readings; a classic script, because the page's first lines use
// it.
;(() => {
  const JUMP = 2000 // ms between the wall clock and the steady clock: the clock was set or the machine slept
  const LEAK = 1 / 60 // so readings that look old after the clock was set forward do not do so for ever
  let slept = 0
  let ahead = -Infinity // ms by which the server's clock is ahead of this one, according to the fastest message
  let learned = 0

  // The workstation's time in ms: the steady clock plus the time it was asleep.
  const now = () => {
    const steady = performance.timeOrigin + performance.now() + slept
    const behind = Date.now() - steady
    if (behind < JUMP) return steady
    slept += behind
    return steady + behind
  }

  window.durations = {
    FRESH: 30, // seconds within which a reading is called up to date
    now,
    inWords(seconds) {
      const s = Math.max(0, Math.round(seconds))
      if (s < 60) return `${s}\u202fs`
      const minutes = Math.round(s / 60)
      if (minutes < 60) return `${minutes}\u202fmin`
      return `${Math.floor(minutes / 60)}\u202fh\u202f${String(minutes % 60).padStart(2, "0")}`
    },
    // Note the server's time (ms). A message that waited while the machine slept is less exact than
    // a quick one, so it changes nothing.
    heard(said) {
      const here = now()
      ahead = Math.max(ahead - LEAK * (here - learned), said - here)
      learned = here
    },
    // Return the seconds since a time (ms) on the server's clock.
    since: (at) => (now() + ahead - at) / 1000,
  }
})()
