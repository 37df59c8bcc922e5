// Whether what this browser keeps outlives the person's session: what can be known from inside it.

const FIRST_DAY = "relais.since"

// Whether Relais was open in this profile on an earlier day. One that is emptied at sign-out never
// was; neither was any profile on its first day.
export function hasSurvived() {
  const today = new Date().toLocaleDateString("sv-SE")
  try {
    const first = localStorage.getItem(FIRST_DAY) ?? today
    localStorage.setItem(FIRST_DAY, first)
    return first < today
  } catch {
    return false
  }
}
