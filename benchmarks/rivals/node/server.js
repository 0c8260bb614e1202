import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ipcAt } from './module.js';

/** Echoes until standard input ends. An event has no reply: the echo is an event of its own. */
export async function serve(path) {
  const ipc = ipcAt(path);
  ipc.serve(path, () => {
    ipc.server.on('echo', (message, socket) => ipc.server.emit(socket, 'echo', message));
    ipc.server.on('echoBack', (message, socket) => ipc.server.emit(socket, 'call', message));
    ipc.server.on('called', (message, socket) => ipc.server.emit(socket, 'echo', message));
    console.log('ready');
  });
  ipc.server.start();
  const input = createInterface({ input: process.stdin });
  input.on('line', () => console.log('unsupported'));
  await once(input, 'close');
  ipc.server.stop();
  // Connections that clients left open would keep the process.
  process.exit();
}
