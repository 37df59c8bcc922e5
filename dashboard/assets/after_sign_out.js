// Runs after a sign-out, and deletes the data that this browser no longer needs. Transactions that
// the server has not recorded are kept, and the page says how many there are.
import { TransactionStore } from "./transaction_store.js"

const TURN = "relais.scanning" // see scan_session.js
const STRAY = "relais.stray" // see page.js
const LISTS = "relais-lists" // see browser_lists.js

function read(key, empty) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? empty
  } catch {
    return empty
  }
}

// Clear this tab's open turn and last scans, but keep the scans that are not recorded anywhere, as
// `leave` in scan_session.js does. Return the number of scans still to be recorded (`unsent`) and
// the number of refused scans (`refused`).
function forgetTurn() {
  const { held = [], anyway = null, offered = [], refused = [] } = read(TURN, {})
  try {
    if (held.length || offered.length || refused.length) sessionStorage.setItem(TURN, JSON.stringify({ held, anyway, offered, refused }))
    else sessionStorage.removeItem(TURN)
  } catch { /* storage is blocked */ }
  return { unsent: held.length + offered.length + read(STRAY, []).length, refused: refused.length }
}

function forgetSigner() {
  document.cookie = `relais_signer=;path=${new URL("dashboard", location.href).pathname};max-age=0`
}

function show(name, count) {
  const line = document.querySelector(`[data-left=${name}]`)
  line.querySelector("[data-count]")?.replaceChildren(String(count))
  line.hidden = false
}

async function forget() {
  new BroadcastChannel("relais").postMessage({ ended: true })
  forgetSigner()
  await globalThis.caches?.delete(LISTS)
  const turn = forgetTurn()
  const store = new TransactionStore()
  await store.forget(Infinity, true)
  const left = await store.all()
  const unsent = turn.unsent + left.filter((record) => record.waiting).length
  const refused = turn.refused + left.filter((record) => !record.waiting).length
  if (unsent) show("waiting", unsent)
  if (refused) show("refused", refused)
  if (!unsent && !refused) show("nothing")
}

forget().catch(() => show("unknown"))
