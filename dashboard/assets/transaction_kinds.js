// The transaction that a scanned item becomes in each kind of turn: a loan, a pending loan, or a
// return on the cart. `of` returns the fields that the turn adds to the row, and `message` returns
// the message to send to the server.

export const KINDS = {
  lend: {
    kind: "loan",
    of: ({ patron }) => ({ patron: patron.code }),
    message: ({ patron, item, overridden, told }) => ({ patron, item, ...(overridden ? { overridden } : {}), ...(told?.length ? { told } : {}) }),
  },
  card: {
    kind: "waiting",
    // The note is only for display. The turn, not the note, tells whose loans these are: two
    // people may have the same note.
    of: ({ note, begun }) => ({ note, turn: begun }),
    message: ({ item, note, turn }) => ({ item, note, turn }),
  },
  cart: {
    kind: "return",
    of: ({ cart }) => ({ cart }),
    message: ({ item, cart }) => ({ item, cart }),
  },
}

// Doubts about a scan that may be the next patron's card.
export const CARDS = new Set(["looks_like_patron", "swapped"])

// The `message` functions, keyed by the kind of row rather than of turn: they are needed even after
// the next patron's turn has begun.
export const MESSAGES = Object.fromEntries(Object.values(KINDS).map(({ kind, message }) => [kind, message]))
