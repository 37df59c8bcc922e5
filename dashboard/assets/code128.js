// Draws Code 128 barcodes, using code set B for letters and code set C for runs of digits, two
// digits to a symbol. The widths of the bars and spaces of each value are from ISO/IEC 15417, table
// 1; value 106 is the stop symbol.

const WIDTHS = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 " +
  "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 " +
  "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 " +
  "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 " +
  "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 " +
  "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 " +
  "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 " +
  "211232 2331112"
).split(" ")
const START_B = 104
const START_C = 105
const TO_B = 100
const TO_C = 99
const STOP = 106
const QUIET = 10

// Return the values of the symbols that encode a string, without the check and stop symbols, or null
// if a character is not in set B.
export function values(text) {
  if (!/^[\x20-\x7e]+$/.test(text)) return null
  const found = []
  let set = ""
  for (let at = 0; at < text.length;) {
    const digits = /^\d*/.exec(text.slice(at))[0].length
    const ends = at === 0 || at + digits === text.length
    const pays = digits >= (ends ? 4 : 6) || (at === 0 && digits === text.length && digits >= 2)
    if (pays && digits % 2 && set === "B") { found.push(code(text[at++])); continue }
    const next = pays ? "C" : "B"
    if (set !== next) found.push(start(set, next))
    set = next
    if (next === "C") for (let pairs = digits >> 1; pairs; pairs -= 1, at += 2) found.push(Number(text.slice(at, at + 2)))
    else found.push(code(text[at++]))
  }
  return found
}

function start(set, next) {
  if (!set) return next === "C" ? START_C : START_B
  return next === "C" ? TO_C : TO_B
}

function code(letter) {
  return letter.charCodeAt(0) - 32
}

export function symbol(found) {
  const sum = found.reduce((total, value, place) => total + value * Math.max(place, 1), 0)
  return [...found, sum % 103, STOP].map((value) => WIDTHS[value]).join("")
}

// Return a barcode as an SVG, one unit wide per module, or null if the text cannot be encoded.
export function barcode(text, height = 40) {
  const found = values(text)
  if (!found) return null
  let at = QUIET
  let path = ""
  for (const [place, width] of [...symbol(found)].entries()) {
    if (place % 2 === 0) path += `M${at} 0h${width}v${height}h-${width}z`
    at += Number(width)
  }
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  drawing.setAttribute("viewBox", `0 0 ${at + QUIET} ${height}`)
  // If the aspect ratio were kept, the height would limit the width of the bars.
  drawing.setAttribute("preserveAspectRatio", "none")
  drawing.setAttribute("role", "img")
  drawing.setAttribute("aria-label", text)
  drawing.setAttribute("shape-rendering", "crispEdges")
  drawing.style.setProperty("--modules", at + QUIET)
  const bars = document.createElementNS("http://www.w3.org/2000/svg", "path")
  bars.setAttribute("d", path)
  drawing.append(bars)
  return drawing
}
