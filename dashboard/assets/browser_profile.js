// Checks whether this workstation can work without the server, as far as a page can tell.

const FIRST_DAY = "relais.since"
const SCANNED = "relais.scanner"
let scannedOn = null

// Return whether Relais was opened in this profile on an earlier day. The result is always false
// for a profile that is emptied at sign-out, and on a profile's first day.
export function hasSurvived() {
  const today = new Date().toLocaleDateString("sv-SE")
  try {
    const first = localStorage.getItem(FIRST_DAY) ?? today
    localStorage.setItem(FIRST_DAY, first)
    return first < today
  } catch {
    return false
  }
}

// Return the obstacle to working without the server: "https" (the page was not loaded over HTTPS),
// "worker" (no service worker stores the page), "profile" (a VDI session whose profile may be
// emptied at sign-out), "storage" (the browser may clear its data), or "nothing".
export async function lacks({ isKept, isVdi }) {
  if (!isSecureContext) return "https"
  if (!isKept) return "worker"
  if (isVdi && !hasSurvived()) return "profile"
  return (await navigator.storage?.persisted().catch(() => false)) ? "nothing" : "storage"
}

// Record that a scanner was used here, and dispatch "relais:scanner" the first time each day.
export function scanned() {
  const now = new Date()
  if (scannedOn === now.getDate()) return
  scannedOn = now.getDate()
  try {
    localStorage.setItem(SCANNED, String(now.getTime()))
  } catch { /* storage is blocked or full */ }
  dispatchEvent(new Event("relais:scanner"))
}

// Return the report on this workstation to send to the server; `clock` is a `ServerClock`.
export async function report({ isKept, isVdi, clock }) {
  let at = 0
  try {
    at = Number(localStorage.getItem(SCANNED))
  } catch { /* storage is blocked */ }
  const what = await lacks({ isKept, isVdi })
  return { what, behind_s: clock.sure ? clock.off / 1000 : null, scanned_ms: at || null }
}
