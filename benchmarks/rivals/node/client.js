import { ipcAt } from './module.js';

const SERVER = 'bench';
const FIRST_SIZE = 64;

/** One connection to an echo server. Replies come in the order of the requests. */
class EchoClient {
  #ipc;
  #path;
  #connection;
  #message = '';
  #waiting = [];
  #next = 0;
  #more = 0;

  constructor(ipc, path) {
    this.#ipc = ipc;
    this.#path = path;
    this.#connection = ipc.of[SERVER];
    this.#connection.on('echo', (message) => this.#complete(message));
    this.#connection.on('call', (message) => this.#connection.emit('called', message));
    this.size(FIRST_SIZE);
  }

  /** From now on messages are strings of so many characters, a byte each. */
  size(bytes) {
    this.#message = 'x'.repeat(bytes);
  }

  /** Sends a message; `done` is called when it is back. */
  start(done) {
    this.#waiting.push(done);
    this.#connection.emit('echo', this.#message);
  }

  /** The same, with an event from the server and one to it in between. */
  startReentrant(done) {
    this.#waiting.push(done);
    this.#connection.emit('echoBack', this.#message);
  }

  #complete(message) {
    if (message.length !== this.#message.length) throw new Error('a wrong length');
    const done = this.#waiting[this.#next++];
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#next = 0;
    } else if (this.#next === 4096) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    done();
  }

  /** Sees to it that so many more connections are open; the promise tells how many are. */
  async open(count) {
    while (this.#more > count) this.#ipc.disconnect(SERVER + this.#more--);
    while (this.#more < count) await connected(this.#ipc, SERVER + ++this.#more, this.#path);
    return this.#more;
  }

  close() {
    for (const id of Object.keys(this.#ipc.of)) this.#ipc.disconnect(id);
  }
}

function connected(ipc, id, path) {
  return new Promise((connect, fail) => {
    ipc.connectTo(id, path, () => {
      ipc.of[id].on('connect', connect);
      ipc.of[id].on('error', fail);
    });
  });
}

export async function connect(path) {
  const ipc = ipcAt(path);
  await connected(ipc, SERVER, path);
  return new EchoClient(ipc, path);
}
