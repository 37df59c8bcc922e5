// Prepares for a server that is gone: the service worker, which then opens the desk page in place
// of this one, and what the desk page shows of this one: the last readings and the language.
import { hasSurvived } from "./browser_profile.js"
import { register } from "./register_service_worker.js"

const SPREAD = 3000 // ms over which many pages that open together ask for the worker's files
const BOARD_EVERY = 60_000
const CUT_AFTER = 7500 // ms without the server after which `page.js` calls the line cut
const DESK = new URL("desk/", document.baseURI)

function write(key, value) {
  try {
    localStorage.setItem(key, value)
  } catch { /* forbidden or full */ }
}

// What the desk page says of a server that is gone: since when.
function answered(ago = 0) {
  write("relais.contact", String(Date.now() - ago))
}

async function keepBoard() {
  if (window.relais.isCut()) return
  try {
    const answer = await fetch(new URL("../board.json", DESK), { cache: "no-store" })
    if (!answer.ok) return
    write("relais.board", JSON.stringify({ board: await answer.json(), heard: Date.now() }))
    answered()
  } catch { /* the line is cut: the last one stays */ }
}

// What this workstation lacks to go on without the server: "https", "worker", "profile" (a VDI
// session that may be emptied at sign-out), "storage" (the browser may clear what it keeps), or
// nothing.
async function lacks(isKept) {
  if (!isSecureContext) return "https"
  if (!isKept) return "worker"
  if (isVdi() && !hasSurvived()) return "profile"
  return (await navigator.storage?.persisted().catch(() => false)) ? "nothing" : "storage"
}

// As a person said, else as its graphics look; the desk page asks for the same.
function isVdi() {
  const said = cookie("relais_vdi")
  const vdi = said ? said === "1" : window.relais.drawn()
  write("relais.vdi", vdi ? "yes" : "no")
  return vdi
}

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ""
}

async function prepare() {
  keepBoard()
  setInterval(keepBoard, BOARD_EVERY)
  const isKept = isSecureContext && (await register(DESK))
  const report = async () => window.relais.say({ kind: "lacks", what: await lacks(isKept) })
  await report()
  addEventListener("relais:remember", () => setTimeout(report)) // once the cookie is set
}

write("relais.language", document.documentElement.lang)
const named = cookie("relais_workstation")
if (named) write("relais.workstation", named)
addEventListener("relais:line", () => {
  setTimeout(prepare, SPREAD * Math.random())
  addEventListener("relais:line", () => { if (window.relais.isCut()) answered(CUT_AFTER) })
  addEventListener("pagehide", () => { if (!window.relais.isCut()) answered() })
}, { once: true })
// Whoever lends has something to lose: the browser is asked to keep it. Some ask the person.
addEventListener("relais:place", ({ detail }) => { if (detail === "loans") navigator.storage?.persist().catch(() => {}) })
