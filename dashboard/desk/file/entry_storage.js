// A replacement for `sessionStorage` that stores texts in the tab's history entry. Chromium reloads
// a file in another process, where `sessionStorage` may be out of date: after 14 of 100 reloads, it
// had no turn or the previous patron's.
export const entryStorage = {
  getItem: (key) => history.state?.[key] ?? null,
  setItem: (key, text) => history.replaceState({ ...history.state, [key]: text }, ""),
}
