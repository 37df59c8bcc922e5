// Makes a page's database calls and requests in a worker; see worker_calls.js for the messages.
// Workers have no import map, so the first message contains the URLs of the modules to load. For the
// same reason, these modules must not import anything.
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
