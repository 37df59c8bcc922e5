// Registers the service worker and keeps it up to date. The worker opens the desk page if the server
// does not answer. This module must not import anything by name, because it is also loaded by pages
// that have no import map.

const LOOK_EVERY = 30 * 60_000

// `desk` is the URL of the desk page, where the worker's script is; the worker's scope is the
// folder above it, which contains every page. `changed()` is called when a worker has taken over
// this page: the first worker, a newer worker, or a worker that was registered again after the
// browser's data was cleared. Return whether pages will open without the server.
export async function register(desk, changed = () => {}) {
  const workers = navigator.serviceWorker
  if (!workers) return false
  workers.addEventListener("controllerchange", changed)
  try {
    const options = { scope: new URL("../", desk), updateViaCache: "none" }
    const registration = await workers.register(new URL("sw.js", desk), options)
    setInterval(() => registration.update().catch(() => {}), LOOK_EVERY)
    // "relais:handbook" means that the server has a new procedure or new scan rules.
    for (const event of ["online", "relais:handbook"]) {
      addEventListener(event, () => registration.update().catch(() => {}))
    }
    if (!(await active(registration))) return false
    // Earlier versions registered a worker for the desk page alone; it would take precedence there.
    const earlier = await workers.getRegistration(desk)
    if (earlier?.scope === desk.href) await earlier.unregister()
    return true
  } catch {
    return Boolean(workers.controller) // an earlier worker can open pages without the server
  }
}

async function active(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing
  while (!["activated", "redundant"].includes(worker.state)) {
    await new Promise((done) => worker.addEventListener("statechange", done, { once: true }))
  }
  return worker.state === "activated"
}
