// The check of the scanner inside a Panel page.
import { ScanClassifier } from "relais/scan_classification.js"
import { ScannerCheck } from "relais/scanner_check.js"

export function render({ model }) {
  const root = document.createElement("div")
  root.innerHTML = model.html
  new ScannerCheck(root, { words: model.words, classifier: new ScanClassifier(model.rules) })
  return root
}
