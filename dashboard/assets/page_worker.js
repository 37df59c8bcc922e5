// The database and the requests of a page, in a worker; worker_calls.js describes its messages. It
// has no import map: the first message has the addresses of its modules, which import nothing.
const begun = new Promise((begin) => {
  self.onmessage = ({ data }) => {
    self.onmessage = (event) => begun.then((answer) => answer(event.data))
    begin(start(data))
  }
})

async function start({ channel, modules, database }) {
  const answers = new BroadcastChannel(channel)
  const [{ TransactionStore }, client, { WebLock }] = await Promise.all(modules.map((address) => import(address)))
  const tell = (event) => () => answers.postMessage({ event })
  const parts = { store: new TransactionStore(tell("superseded"), tell("closed"), database), client, lock: new WebLock() }
  tell("ready")()
  return async ({ number, part, name, values }) => {
    try {
      answers.postMessage({ number, value: await parts[part][name](...values) })
    } catch (fault) {
      answers.postMessage({ number, fault: String(fault) })
    }
  }
}
