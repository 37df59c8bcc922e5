// Short sounds that can be told apart without looking at the screen: for a recorded scan, the next
// patron, a warning, a refusal, and a patron's account (three low tones) or an item (two falling
// tones) that a list flags.

const TUNES = {
  taken: [[880, 0, 0.07]],
  next: [[523, 0, 0.08], [784, 0.09, 0.14]],
  warning: [[660, 0, 0.09], [660, 0.13, 0.09]],
  refused: [[220, 0, 0.28]],
  account: [[330, 0, 0.09], [330, 0.13, 0.09], [330, 0.26, 0.09]],
  item: [[740, 0, 0.09], [494, 0.11, 0.14]],
}
const LOUDNESS = 0.12
const STALE = 1000 // ms after which a sound would seem to belong to another scan
const MEMORY = "relais.muted"

export class Sounds {
  constructor(storage) {
    this.storage = storage
    this.context = null
    this.played = [] // for tests
  }

  get muted() {
    try {
      return this.storage.getItem(MEMORY) === "yes"
    } catch {
      return false
    }
  }

  set muted(wish) {
    try {
      this.storage.setItem(MEMORY, wish ? "yes" : "no")
    } catch { /* the setting is then lost with the page */ }
  }

  async play(name) {
    this.played = [...this.played.slice(-9), name]
    if (this.muted) return
    const asked = performance.now()
    try {
      this.context ??= new AudioContext()
      // A browser may have suspended sound, and does not allow any before the user's first gesture.
      // Lending then continues without sound.
      if (this.context.state !== "running") await this.context.resume()
      if (performance.now() - asked < STALE) for (const note of TUNES[name]) this.#note(...note)
    } catch { /* there may be no sound card */ }
  }

  #note(pitch, after, length) {
    const { context } = this
    const tone = context.createOscillator()
    const loudness = context.createGain()
    const begin = context.currentTime + after
    tone.frequency.value = pitch
    loudness.gain.setValueAtTime(LOUDNESS, begin)
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + length)
    tone.connect(loudness).connect(context.destination)
    tone.start(begin)
    tone.stop(begin + length)
  }
}
