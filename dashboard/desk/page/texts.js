// The page's words in its language, its times in the library's time zone, and the templates that
// show them.

import { ordinal } from "relais/wall_clock.js"

const ZONE = { timeZone: document.documentElement.dataset.zone }

export class Texts {
  constructor(content, language, root) {
    Object.assign(this, { root, locale: content.languages[language].words.locale })
    Object.assign(this, { words: content.languages[language].words, targets: content.languages[language].targets })
    this.madeUp = content.languages[language].made_up ?? {} // missing from content stored by an earlier version
  }

  // Return text written by staff unchanged, unless it is made up: a demonstration's messages are
  // translated.
  written(text) {
    return this.madeUp[text] ?? text
  }

  say(key, values = {}) {
    return (this.words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")
  }

  count(key, count, values = {}) {
    return this.say([`${key}_none`, `${key}_one`][count] ?? key, { count, ...values })
  }

  clock(at) {
    return new Date(at).toLocaleTimeString("fr-CH", { ...ZONE, hour: "2-digit", minute: "2-digit", hour12: false })
  }

  day(at) {
    return ordinal(new Date(at).toLocaleDateString(this.locale, { ...ZONE, weekday: "long", day: "numeric", month: "long" }), this.locale)
  }

  // The local date with its year, for printed sheets.
  dayAndYear(at) {
    return `${this.day(at)} ${this.date(at).slice(0, 4)}`
  }

  // The local date of an instant, in ISO format.
  date(at) {
    return new Date(at).toLocaleDateString("sv-SE", ZONE)
  }

  moment(at) {
    return this.date(at) === this.date(Date.now()) ? this.clock(at) : `${this.day(at)}, ${this.clock(at)}`
  }

  part(name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  form(name, texts = {}) {
    const template = this.root.querySelector(`template[data-template="${name}"]`)
    const copy = template.content.firstElementChild.cloneNode(true)
    for (const [key, value] of Object.entries(texts)) {
      for (const element of copy.querySelectorAll(`[data-text="${key}"]`)) element.replaceChildren(value)
    }
    return copy
  }

  // Show a filled-in template in the element `place`. Do nothing if it already shows the same text,
  // which assistive software would otherwise read out again.
  show(place, name, texts) {
    const mark = JSON.stringify([name, texts])
    if (place.dataset.mark === mark) return
    place.dataset.mark = mark
    place.replaceChildren(this.form(name, texts))
  }
}
