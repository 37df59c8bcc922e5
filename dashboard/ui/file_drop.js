// A drop zone that reads files in the browser and sends them to the server in one message. Files
// that do not fit into the message are not read.
const LARGEST = 12 * 1024 * 1024 // total bytes of all files

export function render({ model }) {
  const zone = document.createElement("label")
  zone.className = "drop-zone"
  const field = document.createElement("input")
  field.type = "file"
  field.className = "unseen"
  field.multiple = model.multiple
  field.accept = model.accept
  const text = document.createElement("span")
  const status = document.createElement("small")
  status.setAttribute("role", "status")
  text.textContent = model.label
  zone.append(field, text, status)

  const base64 = async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    let read = ""
    for (let at = 0; at < bytes.length; at += 0x8000) {
      read += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    }
    return { name: file.name, content: btoa(read) }
  }
  const send = async (files) => {
    const fit = []
    let size = 0
    for (const file of files) {
      if (size + file.size > LARGEST) continue
      fit.push(file)
      size += file.size
    }
    status.textContent = fit.length < files.length ? model.too_large : ""
    if (fit.length) model.send_msg({ files: await Promise.all(fit.map(base64)) })
    field.value = ""
  }
  field.addEventListener("change", () => send([...field.files]))
  const over = (event) => {
    event.preventDefault()
    zone.classList.toggle("is-over", event.type === "dragover")
  }
  zone.addEventListener("dragover", over)
  zone.addEventListener("dragleave", over)
  zone.addEventListener("drop", (event) => {
    over(event)
    const dropped = [...event.dataTransfer.files]
    send(model.multiple ? dropped : dropped.slice(0, 1))
  })
  // Take files dropped outside the zone; page.js keeps the browser from leaving the page to open
  // them.
  const beside = (event) => {
    if (model.place && document.body.dataset.page === model.place) send(event.detail)
  }
  window.addEventListener("relais:files", beside)
  model.on("remove", () => window.removeEventListener("relais:files", beside))
  model.on("label", () => { text.textContent = model.label })
  return zone
}
