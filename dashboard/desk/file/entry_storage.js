// Stores strings in the tab's history entry, in the way that `sessionStorage` would store them in
// the tab. Chromium reloads a file in another process, where `sessionStorage` may be out of date:
// after 14 of 100 reloads, it contained no turn, or the previous patron's turn.
export const entryStorage = {
  getItem: (key) => history.state?.[key] ?? null,
  setItem: (key, text) => history.replaceState({ ...history.state, [key]: text }, ""),
}
