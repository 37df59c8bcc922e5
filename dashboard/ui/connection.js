// The connection to the server: receives heartbeats, and sends the page's messages.
export function render({ model }) {
  const relais = window.relais
  relais.connect((message) => model.send_msg(message))
  model.on("beat", () => relais.beat())
  model.on("address", () => relais.address(model.address))
  model.on("editions", () => relais.renewFrame())
  const count = () => relais.toBring(model.to_bring)
  model.on("to_bring", count)
  count()
  relais.beat()
  const mark = document.createElement("span")
  mark.hidden = true
  return mark
}
