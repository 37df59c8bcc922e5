// Keeps every file of the desk page, so that it opens with the server off and the network cut.
// The server writes RELAIS above this line: {version, files}. A new version is kept whole before
// it replaces the old one; what the page has recorded is in its database and is not touched.

const PREFIX = "relais-desk-"
const NAME = PREFIX + RELAIS.version

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOlder().then(() => self.clients.claim()))
})

self.addEventListener("fetch", (event) => {
  const file = fileOf(event.request)
  if (file) event.respondWith(answer(file, event.request))
})

async function keep() {
  const cache = await caches.open(NAME)
  await cache.addAll(RELAIS.files.map((file) => new Request(file, { cache: "reload" })))
  // A server that changed in between has given files of two versions: this one is not kept.
  const content = await (await cache.match("papers.json")).json()
  if (content.version !== RELAIS.version) throw new Error("the server has another version by now")
}

async function dropOlder() {
  const names = await caches.keys()
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== NAME)
  await Promise.all(older.map((name) => caches.delete(name)))
}

function fileOf(request) {
  const { scope } = self.registration
  const address = request.url.split(/[?#]/)[0]
  if (request.method !== "GET" || !address.startsWith(scope)) return null
  const file = address.slice(scope.length) || "./"
  return RELAIS.files.includes(file) ? file : null
}

async function answer(file, request) {
  const cache = await caches.open(NAME)
  return (await cache.match(file)) ?? fetch(request)
}
