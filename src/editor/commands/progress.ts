import * as vscode from 'vscode';
import type { Request } from '../../lsp/protocol.ts';
import type { Editor } from '../editor.ts';
import { viewId } from '../names.ts';

/** Asks the server; meanwhile a bar runs over the Environments view, for what is read only and quick. */
export function askInView<Params, Result>(
  { server }: Editor,
  request: Request<Params, Result>,
  params: Params,
): Promise<Result> {
  const location = { viewId };
  return asPromise(vscode.window.withProgress({ location }, () => server.ask(request, params)));
}

/** Asks the server with a notification that says what is done now and can be cancelled. */
export function askWithNotice<Params, Result>(
  editor: Editor,
  title: string,
  request: Request<Params, Result>,
  params: Params,
  progress?: { id: string },
): Promise<Result> {
  const location = vscode.ProgressLocation.Notification;
  return asPromise(
    vscode.window.withProgress({ location, title, cancellable: true }, async (notice, token) => {
      const heard = editor.progress.hear(progress?.id, message => notice.report({ message }));
      try {
        return await editor.server.ask(request, params, token);
      } finally {
        heard.dispose();
      }
    }),
  );
}

function asPromise<Result>(thenable: Thenable<Result>): Promise<Result> {
  return Promise.resolve(thenable);
}
