// Keeps texts with the tab's entry in the history, as `sessionStorage` would keep them with the tab.
// Chromium loads a file anew in another process, and there `sessionStorage` may be an older one: in
// 14 of 100 reloads it had nobody's turn, or that of the reader before.
export const entryStorage = {
  getItem: (key) => history.state?.[key] ?? null,
  setItem: (key, text) => history.replaceState({ ...history.state, [key]: text }, ""),
}
