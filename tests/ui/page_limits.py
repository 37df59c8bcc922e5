"""Limits on how much a page shows: the words on its first screen, and its controls."""

from playwright.sync_api import Page

WORDS = 210  # at most this many, on a first screen of 1366 x 768
# At most this many on a page. Controls in closed sections count, but those in a table's rows after
# the tenth do not.
CONTROLS = 35

# Every word that is visible in the window, including those in shadow roots, and the name of the
# chosen desk. Key labels and text that is only for screen readers do not count.
_WORDS = r"""() => {
  const words = document.querySelector("#desk")?.selectedOptions[0].text.match(/\S+/g) ?? []
  const inside = (box) => box.width && box.top < innerHeight && box.bottom > 0
    && box.left < innerWidth && box.right > 0
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const element = node.parentElement
      if (!element?.checkVisibility() || element.closest(".unseen, option, kbd")) return
      for (const word of node.textContent.matchAll(/\S*[\p{L}\p{N}]\S*/gu)) {
        const range = document.createRange()
        range.setStart(node, word.index)
        range.setEnd(node, word.index + word[0].length)
        if (inside(range.getBoundingClientRect())) words.push(word[0])
      }
    }
    if (node.shadowRoot) read(node.shadowRoot)
    node.childNodes.forEach(read)
  }
  read(document.body)
  return words
}"""
# Elements that people can press, choose or type into, including those in a closed `<details>`, but
# not those in hidden parts of a page or in a table's rows after the tenth.
_CONTROLS = r"""() => {
  const controls = []
  const isShown = (element) => {
    const fold = element.closest("details:not([open])")
    const drawn = fold && !element.closest("summary") ? fold : element
    return drawn.checkVisibility({ visibilityProperty: true })
  }
  const isBeyond = (element) => {
    const row = element.closest("tbody > tr")
    return row !== null && [...row.parentElement.children].indexOf(row) >= 10
  }
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) find(element.shadowRoot)
      const acts = element.matches("a[href], button:not(:disabled, [aria-disabled=true]), input:not([type=hidden], :disabled), select, textarea, summary")
      if (acts && isShown(element) && !isBeyond(element)) controls.push(element.outerHTML.slice(0, 120))
    }
  }
  find(document)
  return controls
}"""


def words(page: Page) -> list[str]:
    return page.evaluate(_WORDS)


def controls(page: Page) -> list[str]:
    """Return the start of each control's markup."""
    return page.evaluate(_CONTROLS)


def excesses(page: Page) -> list[str]:
    """Return the page's counts that exceed their limits, such as "230 words"."""
    counts = {"words": (len(words(page)), WORDS), "controls": (len(controls(page)), CONTROLS)}
    return [f"{count} {name}" for name, (count, most) in counts.items() if count > most]
