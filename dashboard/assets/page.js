// The script of the dashboard's page. It handles the places (the views that the tabs open), the
// cookies, the connection to the server, the ages of readings, and scans that no box has taken yet.
;(() => {
  const CUT_AFTER = 7500 // heartbeats every 3 s and checks every second detect a loss within 10 s
  const LOADED_WITHIN = 45000
  const SETTLED_WITHIN = 4000
  const { FRESH, inWords, now } = window.durations
  const root = document.documentElement
  let send = null
  const queued = []
  let beaten = performance.now()
  let cut = false

  // A cookie is kept for a year. A cookie that names a person is kept only until the browser is
  // closed.
  const remember = (name, value, lasts = true) => {
    const base = location.pathname
    document.cookie = `${name}=${encodeURIComponent(value)};path=${base};${lasts ? "max-age=31536000;" : ""}samesite=lax`
  }

  const say = (message) => (send ? send(message) : queued.push(message))

  // Plots on a canvas cannot read the style sheet, so tell the server the colour scheme.
  const dark = matchMedia("(prefers-color-scheme: dark)")
  const scheme = () => {
    remember("relais_scheme", dark.matches ? "dark" : "light")
    say({ kind: "scheme", scheme: dark.matches ? "dark" : "light" })
  }
  dark.addEventListener("change", scheme)
  scheme()
  // Tell the server about a narrow window too: on a phone, plots show each lane's name above the
  // lane.
  const phone = matchMedia("(max-width: 640px)")
  const width = () => {
    remember("relais_narrow", phone.matches ? "1" : "0")
    say({ kind: "width", narrow: phone.matches })
  }
  phone.addEventListener("change", width)
  width()

  // If the workstation has no name, make up a name. The name shows which workstation a loan or an
  // answer in the guide comes from.
  const workstation = () => {
    const named = document.cookie.split("; ").find((pair) => pair.startsWith("relais_workstation="))
    if (named) return
    const [number] = crypto.getRandomValues(new Uint16Array(1))
    let name = `poste-${number.toString(16).padStart(4, "0")}`
    // The desk page may have made up a name already. If so, use that name.
    try { name = localStorage.getItem("relais.workstation") || name } catch { /* storage is blocked */ }
    remember("relais_workstation", name)
    say({ kind: "workstation", name })
  }
  workstation()

  // A workstation has a single desk. Staff can choose the desk on any page of the workstation, and
  // the cookie tells the server which desk was chosen.
  const DESK = "relais.desk"
  const chosen = (desk) => {
    try { localStorage.setItem(DESK, desk) } catch { /* storage is blocked */ }
    remember("relais_desk", desk)
    say({ kind: "desk", desk })
    window.dispatchEvent(new CustomEvent("relais:desk", { detail: desk }))
  }
  const follow = (desk) => {
    const select = document.getElementById("desk")
    const known = [...select.options].some((option) => option.value === desk)
    if (!desk || !known || desk === select.value) return
    select.value = desk
    chosen(desk)
  }
  document.addEventListener("DOMContentLoaded", () => {
    const { value } = document.getElementById("desk")
    try {
      const kept = localStorage.getItem(DESK)
      if (kept) follow(kept)
      else if (value) localStorage.setItem(DESK, value)
    } catch { /* storage is blocked */ }
  })
  addEventListener("storage", ({ key, newValue }) => { if (key === DESK) follow(newValue) })

  // VDI sessions usually render in software, so the renderer's name allows a first guess. Staff can
  // change this guess.
  const drawn = () => {
    try {
      const drawing = document.createElement("canvas").getContext("webgl")
      const extension = drawing && drawing.getExtension("WEBGL_debug_renderer_info")
      const name = extension ? drawing.getParameter(extension.UNMASKED_RENDERER_WEBGL) : ""
      return /basic render|vmware|citrix|svga|llvmpipe|swiftshader|remote/i.test(name)
    } catch { return false }
  }
  const guess = (field) => {
    if (field.dataset.guess !== "vdi" || !drawn()) return
    field.checked = true
    const hint = field.getRootNode().querySelector("[data-guessed=vdi]")
    if (hint) hint.hidden = false
  }

  // ----- places -----
  const go = (place, push = true) => {
    // Without the server, this page cannot create its scan box. Let the service worker open the
    // desk page instead.
    if (cut && place === "loans" && !window.relais.lends && navigator.serviceWorker?.controller) {
      location.assign("?page=loans")
      return
    }
    document.body.dataset.page = place
    // The coordinators' page has no tab. The guide links to this page, so the guide's tab is shown
    // as the current tab.
    const tab = document.querySelector(`.nav [data-go="${place}"]`) ? place : "guide"
    for (const link of document.querySelectorAll(".nav [data-go]")) {
      if (link.dataset.go === tab) link.setAttribute("aria-current", "page")
      else link.removeAttribute("aria-current")
    }
    if (push) {
      const query = new URLSearchParams(location.search)
      query.set("page", place)
      history.pushState(null, "", `?${query}`)
    }
    say({ kind: "page", page: place })
    window.dispatchEvent(new CustomEvent("relais:place", { detail: place }))
  }

  // The parameters that the server sets in the URL, in the server's order.
  const OURS = ["walk", "step", "span", "from", "to"]
  const address = (text) => {
    const now = new URLSearchParams(location.search)
    for (const key of OURS) now.delete(key)
    for (const [key, value] of new URLSearchParams(text)) now.set(key, value)
    const echoed = written.indexOf(text)
    written.splice(0, echoed < 0 ? written.length : echoed + 1)
    if (echoed >= 0) return
    const query = now.toString()
    if (`?${query}` !== location.search) history.pushState(null, "", query ? `?${query}` : location.pathname)
  }

  // Addresses reached through the browser's history. The server echoes each address, and the echo
  // may arrive after the page has moved on.
  const written = []
  window.addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search)
    const ours = OURS.filter((key) => query.has(key)).map((key) => [key, query.get(key)])
    written.push(new URLSearchParams(ours).toString())
    const place = query.get("page") || "guide"
    go(place === "back" ? "reconciliation" : place, false) // "back" is in the URLs of an earlier version
    say({ kind: "address", query: location.search.slice(1) })
  })

  // ----- the Bokeh session: the roots of its document fill the page, in the document's order -----
  let connection = null
  // The server sends a first view of each part with the page. The live part replaces the first view
  // as soon as both have the same height, so that nothing moves. After the time `late`, the live
  // part replaces the first view regardless.
  const replaceFirst = (late) => {
    for (const first of document.querySelectorAll(".first")) {
      const live = first.previousElementSibling.firstElementChild
      if (performance.now() > late || (live && Math.abs(live.offsetHeight - first.offsetHeight) < 2)) first.remove()
    }
    if (document.querySelector(".first")) requestAnimationFrame(() => replaceFirst(late))
  }
  // A part's placeholder is shown until the part has a height. A place is filled only when staff
  // open the place, and its parts have no height before that.
  const grown = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (!contentRect.height) continue
      target.closest(".slot")?.classList.add("is-live")
      grown.unobserve(target)
    }
  })
  // Count ages from the start of the request, so that no reading looks younger than it is.
  setInterval(() => {
    for (const time of document.querySelectorAll(".first time[data-age]")) {
      const seconds = Math.round(Number(time.dataset.age) + (now() - performance.timeOrigin) / 1000)
      const { ago, fresh } = time.dataset
      time.textContent = fresh && seconds < FRESH ? fresh : ago.replace("{age}", inWords(seconds))
    }
  }, 1000)
  const connect = async () => {
    connection = JSON.parse(document.getElementById("connection").textContent)
    const line = new URL(`${location.pathname.replace(/\/+$/, "")}/ws`, location)
    line.protocol = line.protocol.replace("http", "ws")
    const roots = connection.roots.map((name) => document.querySelector(`[data-root="${name}"]`))
    try {
      await Bokeh.embed.add_document_from_session(line.href, connection.token, roots[0], roots)
      for (const live of document.querySelectorAll("[data-root] > *")) grown.observe(live)
      replaceFirst(performance.now() + SETTLED_WITHIN)
    } catch (error) {
      console.error("The page's session cannot be opened:", error)
      // If the page has never been connected, treat the connection as lost at once, so that the
      // page tries to reload.
      if (!send) beaten = -Infinity
      watch()
    }
  }
  // Listen only once, because the module loader fires this event a second time.
  document.addEventListener("DOMContentLoaded", connect, { once: true })

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-go],[data-language]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (link.dataset.go) return go(link.dataset.go)
    remember("relais_language", link.dataset.language)
    const query = new URLSearchParams(location.search)
    query.delete("lang")
    location.search = query.toString()
    if (!query.toString() || location.search === `?${query}`) location.reload()
  })

  // After a change to the handbook, copy the desks and contacts from a freshly fetched page. The
  // parts of this page that the session fills stay as they are.
  const RENEW_WITHIN = 3000 // ms over which all open pages spread their requests
  const renewFrame = async () => {
    await new Promise((done) => setTimeout(done, Math.random() * RENEW_WITHIN))
    window.dispatchEvent(new Event("relais:handbook"))
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null)
    if (!answer?.ok) return // the next change or reload updates the page
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    const select = document.getElementById("desk")
    const desk = select.value
    select.replaceChildren(...fresh.getElementById("desk").children)
    select.value = [...select.options].some((option) => option.value === desk) ? desk : ""
    if (select.value !== desk) chosen(select.value)
    document.getElementById("contacts").replaceChildren(...fresh.getElementById("contacts").children)
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "desk") chosen(event.target.value)
  })

  // ----- the connection -----
  const announce = () => window.dispatchEvent(new CustomEvent("relais:line"))

  const mend = async () => {
    try {
      const answer = await fetch(document.querySelector("link[rel=icon]").href, {
        method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(3000),
      })
      if (!answer.ok) return
    } catch { return }
    // The server is answering. If it was only asleep, a heartbeat arrives within three seconds, and
    // no reload is needed. Otherwise, this page's session is gone, so reload the page. A busy part
    // of the page may postpone the reload until the next attempt.
    setTimeout(() => {
      const free = window.dispatchEvent(new CustomEvent("relais:leaving", { cancelable: true }))
      if (cut && free) location.reload()
    }, 4000)
  }

  const watch = () => {
    // A page that is still loading has no connection yet. On a slow network, such a page must not
    // be reloaded too soon.
    const late = performance.now() - beaten > (send ? CUT_AFTER : LOADED_WITHIN)
    if (late !== cut) {
      cut = late
      // Use the library's time zone, as for every other time on the page.
      const clock = { timeZone: root.dataset.zone, hour: "2-digit", minute: "2-digit" }
      if (late) root.dataset.cutSince = new Date(Date.now() - (send ? CUT_AFTER : 0)).toLocaleTimeString("sv-SE", clock)
      for (const element of document.body.querySelectorAll("[data-cut-since]")) element.textContent = root.dataset.cutSince
      for (const element of [root, ...document.querySelectorAll(".first .pane")]) element.classList.toggle("is-cut", cut)
      announce()
    }
  }
  setInterval(watch, 1000)
  setInterval(() => { if (cut) mend() }, 2000)

  // ----- files dropped outside a drop zone: the browser would leave the page to open them -----
  addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault() })
  addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files]
    if (event.defaultPrevented || !files.length) return
    event.preventDefault()
    window.dispatchEvent(new CustomEvent("relais:files", { detail: files }))
  })

  // ----- scans that nothing has taken yet (scanner_keys.js) -----
  const { inField, alone, held } = window.scanner
  // Until the session is ready, a temporary box on the loans page holds scans and typed text. The
  // real box then takes them over with `scanner.release`, and records them in order.
  const early = () => (window.relais.lends ? null : document.getElementById("early-scan"))
  const focusEarly = () => { if (document.body.dataset.page === "loans") early()?.focus({ preventScroll: true }) }
  const showEarly = () => {
    const list = document.querySelector("[data-early]")
    if (!list || window.relais.lends) return
    const row = document.getElementById("early-row").content.firstElementChild
    const scans = held.filter(({ place }) => place === "loans")
    list.replaceChildren(...scans.reverse().map(({ text }) => {
      const line = row.cloneNode(true)
      line.querySelector(".code").textContent = text
      return line
    }))
    document.querySelector("[data-early-none]").hidden = scans.length > 0
  }
  window.scanner.box = () => (document.body.dataset.page === "loans" ? early() : null)
  document.addEventListener("relais:end", ({ target, detail }) => {
    if (target !== early() || (detail.byHand && !detail.end)) return
    target.value = ""
    const text = detail.text.trim()
    if (text) window.scanner.hold(text, detail.early || detail.torn !== "" || !detail.end || text.length < 4)
  }, true)
  window.addEventListener("relais:place", focusEarly)
  const showHeld = () => {
    const banner = document.getElementById("stray")
    if (!banner) return
    showEarly()
    const away = document.body.dataset.page !== "loans"
    banner.hidden = !held.length || !away
    banner.querySelector("[data-codes]").textContent = held.map((scan) => scan.text).join(", ")
  }
  window.addEventListener("relais:held", showHeld)
  window.addEventListener("relais:place", showHeld)
  document.addEventListener("DOMContentLoaded", showHeld)

  // Keys that press a button on the screen (`data-hotkey`):
  // - A scanner is a keyboard, so a key takes effect only if no other key follows at once.
  // - The Enter key may end a code, so this key does not press such a button.
  // - If the button is out of sight, the space bar scrolls the page as usual.
  // - If another control has the focus, the space bar presses that control.
  const CONTROL = "a,button,input,select,textarea,summary"
  const offers = (event) => event.composedPath().find((node) => node instanceof Element && node.dataset.hotkey === " ")
  const hotkey = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const [at] = event.composedPath()
    const own = offers(event)
    if (own && event.key === "Enter") return event.preventDefault()
    if (event.key.length !== 1 || inField(event)) return
    // Reading cookies is the slowest step of this function, and must not delay a scan in the box.
    if (!own && document.cookie.includes("relais_keys=off")) return
    if (event.key === " " && !own && at instanceof Element && at.closest(CONTROL)) return
    const asked = { key: event.key.toLowerCase(), press: null }
    window.dispatchEvent(new CustomEvent("relais:key", { detail: asked }))
    if (!asked.press) return
    if (event.key === " ") event.preventDefault()
    if (!event.repeat) alone(event, asked.press)
  }
  window.addEventListener("keydown", hotkey)
  // Firefox clicks a button when the space bar is released, even if the default action of the key
  // press was prevented.
  window.addEventListener("keyup", (event) => { if (event.key === " " && offers(event)) event.preventDefault() })

  // ----- the help -----
  document.addEventListener("DOMContentLoaded", () => {
    const help = document.getElementById("help")
    window.addEventListener("relais:key", ({ detail }) => {
      if (detail.key === "?") detail.press = () => help.togglePopover()
    })
    const keys = document.getElementById("keys")
    const turn = (on) => {
      keys.setAttribute("aria-checked", on)
      root.style.setProperty("--r-keys", on ? "inline-block" : "none")
    }
    turn(!document.cookie.includes("relais_keys=off"))
    keys.addEventListener("click", () => {
      const on = keys.getAttribute("aria-checked") !== "true"
      remember("relais_keys", on ? "on" : "off")
      turn(on)
    })
    window.addEventListener("keydown", (event) => {
      // Escape closes the help, and must not also end the patron's turn.
      if (event.key === "Escape" && help.matches(":popover-open")) event.stopImmediatePropagation()
      if (event.key !== "F1") return
      event.preventDefault()
      help.togglePopover()
    }, true)
  }, { once: true })

  // ----- requests from components; nothing handles these events on other pages -----
  window.addEventListener("relais:go", (event) => { event.preventDefault(); go(event.detail) })
  window.addEventListener("relais:guess", ({ detail }) => guess(detail))
  window.addEventListener("relais:remember", ({ detail }) => remember(detail.name, detail.value, detail.lasts))

  window.relais = {
    CUT_AFTER, address, drawn, inField, alone, say, renewFrame,
    lends: false, // whether the page has the scan box
    isCut: () => cut,
    toBring: ({ count = "", said = "" }) => {
      for (const element of document.querySelectorAll("[data-to-bring]")) {
        element.hidden = !count
        element.querySelector("[data-count]").textContent = count
        element.querySelector("[data-said]").textContent = said
      }
    },
    connect: (up) => { send = up; while (queued.length) send(queued.shift()); announce() },
    beat: () => { beaten = performance.now(); if (cut) watch() },
  }
})()
