// Stores every file of the desk page, and opens the desk page if the server does not answer a
// request for a page. The server inserts RELAIS, {version, files}, above this line. A new version
// is stored completely before it replaces the old one. The desk page's transactions are in a
// browser database that this script never touches.

const PREFIX = "relais-desk-"
const NAME = PREFIX + RELAIS.version
const DESK = new URL("./", self.location).href
const ROOT = new URL("../", DESK).href
const PAGES = new Set(["", "dashboard", "dashboard/"].map((page) => ROOT + page))
const PATIENCE = 5000 // ms within which the server must begin to answer
const GONE = new Set([502, 503, 504]) // a proxy without its server, or a server that is stopping

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOlder().then(() => self.clients.claim()))
})

// Answer only requests for the desk page's files and for `PAGES`, because other applications may
// have pages on the same host.
self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method !== "GET") return
  const [address] = request.url.split(/[?#]/)
  const file = address.startsWith(DESK) ? address.slice(DESK.length) || "./" : null
  if (RELAIS.files.includes(file)) event.respondWith(keptFile(file, request))
  else if (request.mode === "navigate" && PAGES.has(address)) event.respondWith(openPage(request))
})

async function keep() {
  const cache = await caches.open(NAME)
  await cache.addAll(RELAIS.files.map((file) => new Request(file, { cache: "reload" })))
  // If the server was updated in the meantime, the files are from two versions, so reject them.
  const content = await (await cache.match("papers.json")).json()
  if (content.version !== RELAIS.version) throw new Error("the server already has another version")
}

async function dropOlder() {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== NAME)
  await Promise.all(older.map((name) => caches.delete(name)))
}

async function keptFile(file, request) {
  const cache = await caches.open(NAME)
  return (await cache.match(file)) ?? fetch(request)
}

// Return the server's answer or, if it is late or the server is down, a redirect to the desk page,
// which will return to this URL. The server's pages are never stored.
async function openPage(request) {
  const answer = fetch(request)
  const late = new Promise((done) => setTimeout(done, PATIENCE))
  const soon = await Promise.race([answer.catch(() => null), late])
  if (soon && !GONE.has(soon.status)) return soon
  const cache = await caches.open(NAME)
  if (!(await cache.match("./"))) return answer // the browser's data was cleared
  return Response.redirect(`${DESK}?back=${encodeURIComponent(request.url.slice(ROOT.length))}`)
}
