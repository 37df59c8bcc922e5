// Probes the targets from a workstation. `answered` means that an HTTP response arrived, whatever
// its status; without a response, the cause may be the network, DNS, TLS or a browser policy.
const KEPT = "relais.rounds"
const MOST_KEPT = 30

const look = async (target, timeout) => {
  const begun = performance.now()
  try {
    await fetch(target.url, {
      mode: "no-cors", cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(timeout),
    })
    return { target: target.key, url: target.url, answered: true, ms: performance.now() - begun }
  } catch (fault) {
    const late = fault.name === "TimeoutError"
    return { target: target.key, url: target.url, answered: false, late, ms: performance.now() - begun }
  }
}

const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || [] } catch { return [] } }
const keep = (rounds) => { try { sessionStorage.setItem(KEPT, JSON.stringify(rounds.slice(-MOST_KEPT))) } catch { /* the storage is full, so this round is lost */ } }

export function render({ model }) {
  let due = null
  let ended = false

  const hand_over = () => {
    const rounds = read()
    if (!rounds.length || window.relais.isCut()) return
    keep([])
    for (const round of rounds) {
      model.send_msg({ kind: "round", age_ms: Date.now() - round.at, looks: round.looks })
    }
  }

  const round = async () => {
    // Do not probe from a hidden tab: browsers throttle it, so the latencies would be wrong.
    if (!document.hidden) {
      const at = Date.now()
      const looks = await Promise.all(model.targets.map((target) => look(target, model.timeout_ms)))
      if (ended) return
      keep([...read(), { at, looks }])
      hand_over()
    }
    plan(model.interval_ms)
  }

  const plan = (milliseconds) => {
    clearTimeout(due)
    // Wait for 0.75 to 1.25 intervals, so that the workstations' rounds are spread out.
    if (!ended) due = setTimeout(round, milliseconds * (0.75 + Math.random() / 2))
  }

  const hurry = () => plan(Math.min(model.interval_ms, 2000))
  const shown = () => { if (!document.hidden) hurry() }
  window.addEventListener("relais:line", hand_over)
  document.addEventListener("visibilitychange", shown)
  model.on("interval_ms", hurry)
  // If sixty workstations are asked at the same time, they must not all probe at once.
  model.on("asked", () => plan(1000 + Math.random() * 7000))
  model.on("remove", () => {
    ended = true
    clearTimeout(due)
    window.removeEventListener("relais:line", hand_over)
    document.removeEventListener("visibilitychange", shown)
  })
  hurry()
  const mark = document.createElement("span")
  mark.hidden = true
  return mark
}
