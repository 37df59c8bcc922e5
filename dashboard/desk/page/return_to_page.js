// The page that the server did not answer for, and how to return to it: once it is answered again,
// and between two readers.

const LOOK_EVERY = 1000
const PATIENCE = 4000 // ms; the service worker gives a page 5 s, and would come here again
const PAUSE = 5000 // ms after an attempt that failed

// The address that the service worker wrote down; null where the desk page itself was opened.
export function missedPage() {
  const back = new URLSearchParams(location.search).get("back")
  const root = new URL("../", location)
  const page = back === null ? null : new URL(back, root)
  const ours = page && page.origin === root.origin && [root.pathname, `${root.pathname}dashboard`].includes(page.pathname.replace(/(.)\/$/, "$1"))
  return ours ? page : null
}

// Call `leave()` once the page is answered and nothing keeps the desk here (`free()`).
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

// A login that is asked for is an answer, too.
async function answers(page) {
  try {
    const answer = await fetch(page, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) })
    return answer.ok || answer.type === "opaqueredirect"
  } catch {
    return false
  }
}
