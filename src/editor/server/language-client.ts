import type { LogOutputChannel } from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import type { InitializationOptions } from '../../lsp/protocol.ts';

// A bundle of its own, loaded after activation: the client library is the largest part of what runs in the editor.

export interface ClientOptions {
  /** The language server's bundle. */
  module: string;
  log: LogOutputChannel;
  /** Read whenever the server starts. */
  initializationOptions: () => InitializationOptions;
  /** Commands that the server's Markdown may link to. */
  commands: readonly string[];
}

export function createClient(options: ClientOptions): LanguageClient {
  const server = { module: options.module, transport: TransportKind.ipc };
  const files = [
    ...['yaml', 'helm'].map(language => ({ scheme: 'file', language })),
    // Helpers of charts, where no extension knows their language.
    { scheme: 'file', pattern: '**/templates/**/*.tpl' },
  ];
  return new LanguageClient(
    'driftline',
    'Driftline',
    { run: server, debug: server },
    {
      documentSelector: files,
      outputChannel: options.log,
      traceOutputChannel: withoutTokens(options.log),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: options.initializationOptions,
      markdown: { isTrusted: { enabledCommands: options.commands } },
    },
  );
}

/** The library's state in our words; it stops by itself only when the server kept crashing. */
export function phaseOf(state: State): 'running' | 'starting' | 'failed' {
  if (state === State.Running) return 'running';
  return state === State.Starting ? 'starting' : 'failed';
}

/** The log for traces of messages: a token that goes to a forge is in a request, and must not be in a log. */
function withoutTokens(log: LogOutputChannel): LogOutputChannel {
  return Object.create(log, {
    trace: { value: (message: string) => log.trace(hideTokens(message)) },
  }) as LogOutputChannel;
}

function hideTokens(text: string): string {
  return text.replace(/("token":\s*)"(?:[^"\\]|\\.)*"/g, '$1"•••"');
}
