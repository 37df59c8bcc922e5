// Prepares the dashboard's page for the loss of the connection to the server. This script registers
// the service worker, which opens the desk page if the server does not answer. It also stores data
// for the desk page, such as the last readings and the language.
import { ApiClient } from "./api_client.js"
import { report, scanned } from "./browser_profile.js"
import { register } from "./register_service_worker.js"
import { ServerClock } from "./server_clock.js"
import { Sounds } from "./sounds.js"

// Pages opened at the same time spread their requests for the worker's files over this many ms.
const SPREAD = 3000
const BOARD_EVERY = 60_000
const DESK = new URL("desk/", document.baseURI)

function write(key, value) {
  try {
    localStorage.setItem(key, value)
  } catch { /* storage is blocked or full */ }
}

// Store the time of the server's last answer, for the desk page to show.
function answered(ago = 0) {
  write("relais.contact", String(Date.now() - ago))
}

async function keepBoard() {
  if (window.relais.isCut()) return
  const heard = Date.now() // taken before the request, because the machine may sleep before the answer is read
  try {
    const answer = await fetch(new URL("../board.json", DESK), { cache: "no-store" })
    if (!answer.ok) return
    write("relais.board", JSON.stringify({ board: await answer.json(), heard }))
    answered()
  } catch { /* without a connection, keep the last reading */ }
}

// Return whether this is a VDI session, according to the setting made by staff. If there is no
// setting and the library uses VDI, guess from the graphics renderer.
function isVdi() {
  const setting = cookie("relais_vdi")
  const vdi = setting ? setting === "1" : "vdi" in document.body.dataset && window.relais.drawn()
  write("relais.vdi", vdi ? "yes" : "no")
  return vdi
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ""
}

async function prepare() {
  keepBoard()
  setInterval(keepBoard, BOARD_EVERY)
  const isKept = isSecureContext && (await register(DESK))
  const clock = new ServerClock()
  await new ApiClient(DESK, clock).measure().catch(() => {})
  const send = async () => window.relais.say({ kind: "lacks", ...(await report({ isKept, isVdi: isVdi(), clock })) })
  await send()
  addEventListener("relais:remember", () => setTimeout(send)) // once the cookie is set
  addEventListener("relais:scanner", send)
}

write("relais.language", document.documentElement.lang)
const named = cookie("relais_workstation")
if (named) write("relais.workstation", named)
addEventListener("relais:line", () => {
  setTimeout(prepare, SPREAD * Math.random())
  addEventListener("relais:line", () => { if (window.relais.isCut()) answered(window.relais.CUT_AFTER) })
  addEventListener("pagehide", () => { if (!window.relais.isCut()) answered() })
}, { once: true })
// A scan made outside a scan box also shows that a scanner is used here.
addEventListener("relais:scan", scanned)
// Play a sound for a scan that has not been recorded. If it was made on the loans page and is
// complete, the scan box will record it; other scans are recorded only if staff accept them.
const sounds = new Sounds(localStorage)
addEventListener("relais:held", ({ detail: scan }) => {
  if (scan) sounds.play(scan.place === "loans" && !scan.early ? "taken" : "refused")
})
// The loans page stores transactions, so request persistent storage. Some browsers then ask the
// user.
addEventListener("relais:place", ({ detail }) => { if (detail === "loans") navigator.storage?.persist().catch(() => {}) })
