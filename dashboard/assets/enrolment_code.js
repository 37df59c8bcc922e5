// Moves the code from a scanned URL (`enrol#12345678`) into the form, for staff to submit. The part
// after `#` does not appear in any request or log.

function takeCode() {
  const code = location.hash.slice(1)
  if (!/^\d{8}$/.test(code)) return
  document.querySelector("input[name=code]").value = `${code.slice(0, 4)} ${code.slice(4)}`
  history.replaceState(null, "", location.pathname + location.search)
}

takeCode()
// If the page is already open, another scan changes only the fragment.
addEventListener("hashchange", takeCode)
