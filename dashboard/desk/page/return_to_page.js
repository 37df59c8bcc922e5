// Returns to the page that the server failed to send, once the server answers again and the desk is
// between patrons.

const LOOK_EVERY = 1000
const PATIENCE = 4000 // ms; less than the 5 s after which the service worker opens the desk page again
const PAUSE = 5000 // ms to wait after a failed attempt

// Return the URL that the service worker passed on, or null if the desk page itself was opened.
export function missedPage() {
  const back = new URLSearchParams(location.search).get("back")
  const root = new URL("../", location)
  const page = back === null ? null : new URL(back, root)
  const ours = page && page.origin === root.origin && [root.pathname, `${root.pathname}dashboard`].includes(page.pathname.replace(/(.)\/$/, "$1"))
  return ours ? page : null
}

// Call `leave()` once the server answers a request for the page and the desk is `free()`.
export function goBackWhenAnswered(page, free, leave) {
  let next = 0
  setInterval(async () => {
    if (performance.now() < next || !free()) return
    next = Infinity
    const answered = await answers(page)
    if (answered && free()) leave()
    next = performance.now() + PAUSE
  }, LOOK_EVERY)
}

// A redirect to a login page is an answer too.
async function answers(page) {
  try {
    const answer = await fetch(page, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) })
    return answer.ok || answer.type === "opaqueredirect"
  } catch {
    return false
  }
}
