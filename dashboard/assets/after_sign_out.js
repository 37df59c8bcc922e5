// Runs after a sign-out, and deletes the data that this browser no longer needs. Transactions that
// the server has not recorded are kept, and the page says how many there are.
import { TransactionStore } from "./transaction_store.js"

const isUnsettled = ({ state }) => state === "unclear" || state === "behind" // see scan_rows.js
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
// `leave` in scan_session.js does. Return the number of scans still to be recorded.
function forgetTurn() {
  const { held = [], anyway = null, rows = [], earlier = [], missed, left: ended = [], ...open } = read(TURN, {})
  const turns = [{ ...open, rows }, ...earlier, ...(missed?.earlier ?? []), ...ended].map(ofTurn)
  const left = turns.filter((turn) => turn.rows.length)
  try {
    if (held.length || left.length) sessionStorage.setItem(TURN, JSON.stringify({ held, anyway, left }))
    else sessionStorage.removeItem(TURN)
  } catch { /* storage is blocked */ }
  return held.length + left.flatMap((turn) => turn.rows).length + read(STRAY, []).length
}

const ofTurn = ({ mode, patron, note, begun, rows }) => ({ mode, patron, note, begun, rows: rows.filter(isUnsettled) })

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
  const unrecorded = forgetTurn()
  const store = new TransactionStore()
  await store.forget(Infinity, true)
  const left = await store.all()
  const unsent = unrecorded + left.filter((record) => record.waiting).length
  const refused = left.filter((record) => !record.waiting).length
  if (unsent) show("waiting", unsent)
  if (refused) show("refused", refused)
  if (!unsent && !refused) show("nothing")
}

forget().catch(() => show("unknown"))
