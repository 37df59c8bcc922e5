// Takes the code of a scanned address (`enrol#12345678`) out of the address and fills it into the
// form, for a person to send. No server and no log sees the part after `#`.

function takeCode() {
  const code = location.hash.slice(1)
  if (!/^\d{8}$/.test(code)) return
  document.querySelector("input[name=code]").value = `${code.slice(0, 4)} ${code.slice(4)}`
  history.replaceState(null, "", location.pathname + location.search)
}

takeCode()
// A second scan in an open page changes only the fragment.
addEventListener("hashchange", takeCode)
