// The commands of a client program, as benchmarks/PROGRAMS.md tells them. What blocks a thread
// makes no sense here: a process of Node has one, and it must never wait.
import { createInterface } from 'node:readline';
import { rate, Times } from './times.js';

/** One operation after the other for so long: the completion of one starts the next. */
function repeat(millis, start) {
  return new Promise((end) => {
    const times = new Times();
    const begin = performance.now();
    let last = begin;
    const done = () => {
      const now = performance.now();
      times.add(now - last);
      last = now;
      if (now - begin < millis) {
        start(done);
      } else {
        end(times.figures(now - begin));
      }
    };
    start(done);
  });
}

function callbacks(client, millis, inFlight) {
  return new Promise((end) => {
    const begin = performance.now();
    let open = inFlight;
    let operations = 0;
    const done = () => {
      operations++;
      if (performance.now() - begin < millis) {
        client.start(done);
      } else if (--open === 0) {
        end(rate(operations, performance.now() - begin));
      }
    };
    for (let i = 0; i < inFlight; i++) client.start(done);
  });
}

async function calls(client, count) {
  for (let i = 0; i < count; i++) await new Promise((done) => client.start(done));
  return { operations: count };
}

const COMMANDS = {
  size: (client, bytes) => (client.size(bytes), {}),
  latency: (client, millis) => repeat(millis, (done) => client.start(done)),
  'reentrant-latency': (client, millis) => repeat(millis, (done) => client.startReentrant(done)),
  calls,
  callbacks,
  open: async (client, count) => ({ connections: await client.open(count) }),
  memory: () => ({ heap_bytes: process.memoryUsage().heapUsed }),
};

function lineOf(figures) {
  const members = Object.entries(figures).map(([name, value]) => `"${name}": ${value}`);
  return `{${members.join(', ')}}`;
}

/** Says ready, and answers a line at a time until standard input ends. */
export async function answerCommands(client) {
  const lines = createInterface({ input: process.stdin });
  console.log('ready');
  for await (const line of lines) {
    const [word, ...numbers] = line.trim().split(' ');
    const command = COMMANDS[word];
    const figures = command && (await command(client, ...numbers.map(Number)));
    console.log(figures ? lineOf(figures) : 'unsupported');
  }
}
