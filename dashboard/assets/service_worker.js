// The service worker: opens this page without a server, and brings the next version in.

const LOOK_EVERY = 30 * 60_000

// `renewed()` is told when a newer version has taken over: the page is then to be loaded anew, at
// a moment when nobody is in the middle of anything.
export async function register(renewed) {
  const workers = navigator.serviceWorker
  if (!workers) return false
  const first = !workers.controller
  workers.addEventListener("controllerchange", () => { if (!first || changed++) renewed() })
  let changed = 0
  try {
    const registration = await workers.register("sw.js", { scope: "./", updateViaCache: "none" })
    setInterval(() => registration.update().catch(() => {}), LOOK_EVERY)
    addEventListener("online", () => registration.update().catch(() => {}))
    return true
  } catch {
    return Boolean(workers.controller) // the server is off: the one of last time serves
  }
}
