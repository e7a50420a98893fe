import * as vscode from 'vscode';
import type { Settings } from '../lsp/protocol.ts';
import { schemasElsewhere } from './yaml-extension.ts';

type Completion = Settings['completion'];

/** What the language server reads, as it is set now. */
export function serverSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration('driftline');
  const kubeconfig = configuration.get<string>('kubeconfig', '');
  return {
    ...(kubeconfig !== '' && { kubeconfig }),
    forges: configuration.get<Record<string, string>>('forges', {}),
    auditLogs: configuration.get<Record<string, string>>('auditLogs', {}),
    schemas: configuration.get<string[]>('schemas', []),
    localOnly: configuration.get<boolean>('localOnly', false),
    validation: configuration.get<boolean>('diagnostics.validation', true),
    drift: configuration.get<boolean>('diagnostics.drift', true),
    schemasElsewhere: schemasElsewhere(),
    completion: configuration.get<Completion>('completion', 'auto'),
  };
}

export function markersEnabled(): boolean {
  return vscode.workspace.getConfiguration('driftline').get<boolean>('markers.enabled', true);
}

/** Where the setting was made, there it is changed; the user's own settings else. */
export async function setMarkersEnabled(enabled: boolean): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('driftline');
  const { workspaceValue } = configuration.inspect<boolean>('markers.enabled') ?? {};
  const target =
    workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await configuration.update('markers.enabled', enabled, target);
}
