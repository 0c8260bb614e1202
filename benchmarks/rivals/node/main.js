// Echo through node-ipc over a Unix socket: node main.js server|client|first --path P
import { answerCommands } from './commands.js';
import { connect } from './client.js';
import { serve } from './server.js';

const [role, option, path] = process.argv.slice(2);
if (option !== '--path' || !path) {
  console.error('usage: node main.js server|client|first --path P');
  process.exit(2);
}
if (role === 'server') {
  await serve(path);
} else {
  const client = await connect(path);
  if (role === 'first') {
    await new Promise((done) => client.start(done));
    console.log('done');
  } else {
    await answerCommands(client);
  }
  client.close();
}
