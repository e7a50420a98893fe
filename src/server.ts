import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './lsp/start.ts';

/**
 * The language server's door: IPC where an editor started it so (`--node-ipc`, `--pipe`, `--socket`), else
 * standard input and output, with or without `--stdio`.
 */
const transports = ['--node-ipc', '--stdio', '--socket', '--pipe'];
if (!process.argv.slice(2).some(each => transports.includes(each.replace(/=.*/, ''))))
  process.argv.push('--stdio');

const connection = createConnection(ProposedFeatures.all);
// A defect in one place must not take everything else from the person.
process.on('uncaughtException', error => connection.console.error(`${error.stack}`));
process.on('unhandledRejection', reason => connection.console.error(`${reason}`));

startServer(connection, async options => {
  // What reads, renders and compares is loaded when there is something to read.
  const { openLive } = await import('./core/live/live-repository.ts');
  return openLive(options);
});
