// The code of an address that was scanned (`enrol#12345678`): written into the form, for a person
// to send, and taken out of the address. No server and no log of one sees what follows the `#`.

function takeCode() {
  const code = location.hash.slice(1)
  if (!/^\d{8}$/.test(code)) return
  document.querySelector("input[name=code]").value = `${code.slice(0, 4)} ${code.slice(4)}`
  history.replaceState(null, "", location.pathname + location.search)
}

takeCode()
// A second scan at a page that is open changes the fragment alone.
addEventListener("hashchange", takeCode)
