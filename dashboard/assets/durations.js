// Lengths of time in words; a classic script, so that the page's first lines have it too.
window.durations = {
  FRESH: 30, // seconds within which a reading is called up to date
  inWords(seconds) {
    const s = Math.max(0, Math.round(seconds))
    if (s < 60) return `${s}\u202fs`
    const minutes = Math.round(s / 60)
    if (minutes < 60) return `${minutes}\u202fmin`
    return `${Math.floor(minutes / 60)}\u202fh\u202f${String(minutes % 60).padStart(2, "0")}`
  },
}
