import * as vscode from 'vscode';
import type { Settings } from '../lsp/protocol.ts';

const yamlExtension = 'redhat.vscode-yaml';
const kubernetesExtension = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/** Files of which SchemaStore has a schema, which the YAML extension takes unless it is told not to. */
const inSchemaStore = ['kustomization.yaml', 'kustomization.yml', 'Chart.yaml'];
/** This extension gives its schema to the YAML extension (`yamlValidation`). */
const ownFiles = ['**/driftline.yaml'];

/**
 * The files that the YAML extension completes and explains by schemas, as it is set now; undefined where there is
 * no such extension, or it neither completes nor explains.
 */
export function schemasElsewhere(): Settings['schemasElsewhere'] {
  if (!vscode.extensions.getExtension(yamlExtension)) return undefined;
  const yaml = vscode.workspace.getConfiguration('yaml');
  if (yaml.get('completion') === false && yaml.get('hover') === false) return undefined;
  const schemas = Object.values(yaml.get<Record<string, unknown>>('schemas') ?? {}).flat();
  return {
    patterns: [
      ...schemas.filter(pattern => typeof pattern === 'string'),
      ...(yaml.get('schemaStore.enable') === false ? [] : inSchemaStore),
      ...ownFiles,
      // It gives the YAML extension a schema for every Kubernetes object.
      ...(vscode.extensions.getExtension(kubernetesExtension)?.isActive ? ['**'] : []),
    ],
  };
}

/** Calls back when `schemasElsewhere` may answer otherwise. */
export function onSchemasElsewhere(changed: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(changed),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('yaml')) changed();
    }),
  );
}
