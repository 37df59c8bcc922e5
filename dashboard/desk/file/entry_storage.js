// Stores strings in the tab's history entry, with the methods of `sessionStorage`. Chromium reloads
// a file in another process, where `sessionStorage` itself may be out of date: in a trial, after 14
// of 100 reloads, it contained no turn, or the previous patron's turn.
export const entryStorage = {
  getItem: (key) => history.state?.[key] ?? null,
  setItem: (key, text) => history.replaceState({ ...history.state, [key]: text }, ""),
}
