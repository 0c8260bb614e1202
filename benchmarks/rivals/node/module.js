// node-ipc as its own documentation sets it up for speed between trusted processes: no log, the
// fast parser (JSON, no limits), a socket of our own choice.
import { dirname, sep } from 'node:path';
import { IPCModule } from 'node-ipc';

export function ipcAt(path) {
  const ipc = new IPCModule();
  ipc.config.silent = true;
  ipc.config.parser = 'fast';
  ipc.config.maxConnections = 16384;
  ipc.config.stopRetrying = true;
  ipc.config.socketRoot = dirname(path) + sep;
  ipc.config.secureSocketRoot = false;
  return ipc;
}
