import * as vscode from 'vscode';
import { walkthroughId } from '../names.ts';
import type { Command } from './command.ts';

export const showLog: Command = {
  id: 'driftline.showLog',
  run: async ({ log }) => log.show(),
};

export const restart: Command = {
  id: 'driftline.restart',
  run: ({ server }) => server.restart(),
};

export const manageTrust: Command = {
  id: 'driftline.manageTrust',
  run: async () => {
    await vscode.commands.executeCommand('workbench.trust.manage');
  },
};

export const openWalkthrough: Command = {
  id: 'driftline.openWalkthrough',
  run: async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId);
  },
};
