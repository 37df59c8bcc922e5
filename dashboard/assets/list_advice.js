// The warnings that the lists of accounts and items give about a loan. Each is {reason, as_of,
// days}, like `ListAdvice` in procedure/circulation/list_advice.py.

const ABOUT_CARD = new Set(["card_blocked", "card_expired", "card_unknown"])
const ABOUT_ITEM = new Set(["item_not_for_loan", "item_requested", "item_short_loan", "item_unknown"])

export const isAboutCard = (reason) => ABOUT_CARD.has(reason)
// Whether the warning comes from a list. If it does, staff are asked about it below the loan's
// row, not above the rows.
export const isListed = (warning) => ABOUT_CARD.has(warning) || ABOUT_ITEM.has(warning)
