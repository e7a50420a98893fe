import type { ChartFolder, FileRole } from '../index-types.ts';
import { entryOf, textAt } from '../locate.ts';
import { baseName, foldersAbove } from '../paths.ts';
import type { ManifestDocument, Node, ParsedFile } from '../syntax.ts';

/** True for files that are worth reading: YAML, JSON that is no tool's own, and `Kustomization`. */
export function isCandidate(path: string): boolean {
  const name = baseName(path);
  if (name === 'Kustomization') return true;
  if (!/\.(?:ya?ml|json)$/i.test(name) || toolFiles.test(name)) return false;
  return !`/${path}`.includes('/node_modules/');
}

const toolFiles =
  /^(?:package|package-lock|tsconfig|jsconfig|composer|renovate|pnpm-lock)\.(?:json|ya?ml)$|\.schema\.json$/;

/**
 * False for texts that cannot hold a Kubernetes object, so that they need not be parsed to know it:
 * values files, dashboards, settings of other tools.
 */
export function mayHoldObjects(text: string): boolean {
  return /\b(?:apiVersion|kind)["']?[ \t]*:/.test(text);
}

/** The role a file has by its place in a chart; undefined where the place says nothing. */
export function roleInChart(
  path: string,
  charts: ReadonlyMap<string, ChartFolder>,
  text: string,
): FileRole | undefined {
  const folder = foldersAbove(path).find(above => charts.has(above));
  if (folder === undefined) return undefined;
  const inside = folder === '' ? path : path.slice(folder.length + 1);
  if (inside === 'Chart.yaml') return 'chart';
  if (inside.startsWith('templates/')) return 'chart-template';
  if (/^(?:values[^/]*\.ya?ml|values\.schema\.json|ci\/[^/]*)$/.test(inside)) return 'chart-values';
  if (inside.startsWith('files/')) return text.includes('{{') ? 'chart-template' : 'other';
  if (/^(?:Chart|requirements)\.(?:lock|ya?ml)$/.test(inside) || /^tests?\//.test(inside))
    return 'other';
  return undefined;
}

/** The role a file has by what it holds: `manifest` when any of its documents is for a cluster. */
export function roleByContent(path: string, parsed: ParsedFile, text: string): FileRole {
  if (templatePath.test(path) && text.includes('{{')) return 'other';
  if (/^\s*\{%/m.test(text)) return 'other';
  return parsed.documents.some(document => isForCluster(document, text)) ? 'manifest' : 'other';
}

/** Paths which say that something fills the file in before it is applied: `vtgate-template.yaml`, `templates/`. */
const templatePath = /(?:^|\/)templates?\/|(?:^|[-_./])(?:templates?|tmpl|tpl)[-_.][^/]*$|\{\{/i;

function isForCluster(document: ManifestDocument, text: string): boolean {
  const { root, start, end } = document;
  if (!root) return looksLikeObject(text.slice(start, end));
  const apiVersion = textAt(root, 'apiVersion');
  const kind = textAt(root, 'kind');
  const metadata = entryOf(root, 'metadata');
  if (apiVersion !== undefined && kind !== undefined)
    return !isToolConfiguration(apiVersion, kind) && !isLocalConfiguration(root);
  // One of the two forgotten: still meant for a cluster when the rest looks like it.
  if (apiVersion !== undefined)
    return metadata !== undefined && /^(?:[a-z0-9.-]+\/)?v\d/.test(apiVersion);
  return kind !== undefined && metadata?.node.kind === 'map';
}

/** For a document that is broken: whether its lines are those of an object. */
function looksLikeObject(text: string): boolean {
  const [, apiVersion] =
    /^(?:\{\s*)?["']?apiVersion["']?\s*:[ \t]*["']?([^\s"',#]*)/m.exec(text) ?? [];
  const [, kind] = /^\s*["']?kind["']?\s*:[ \t]*["']?([^\s"',#]*)/m.exec(text) ?? [];
  if (apiVersion === undefined || kind === undefined) return false;
  return apiVersion === '' || !isToolConfiguration(apiVersion, kind);
}

/** Files with apiVersion and kind that a tool reads and no API server ever sees. */
function isToolConfiguration(apiVersion: string, kind: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  if (apiVersion === 'builtin' || (apiVersion === 'v1' && kind === 'Config')) return true;
  if (group === '') return !/^v\d/.test(apiVersion);
  return toolGroups.has(group) || toolKinds.has(`${group}/${kind}`);
}

function isLocalConfiguration(root: Node): boolean {
  const annotations = entryOf(entryOf(root, 'metadata')?.node, 'annotations')?.node;
  const local = entryOf(annotations, 'config.kubernetes.io/local-config')?.node;
  return local?.kind === 'scalar' && String(local.value) === 'true';
}

const toolGroups = new Set([
  'skaffold',
  'kustomize.config.k8s.io',
  'kind.x-k8s.io',
  'k3d.io',
  'ctlptl.dev',
  'kubeadm.k8s.io',
  'kubelet.config.k8s.io',
  'kubeproxy.config.k8s.io',
  'kubescheduler.config.k8s.io',
  'apiserver.config.k8s.io',
  'apiserver.k8s.io',
  'audit.k8s.io',
  'client.authentication.k8s.io',
  'krew.googlecontainertools.github.com',
  'release-notes',
  'backstage.io',
  'eksctl.io',
  'kops.k8s.io',
  'kpt.dev',
  'fn.kpt.dev',
  'viaduct.ai',
  'kuttl.dev',
  'kudo.dev',
  'chainsaw.kyverno.io',
  'cli.kyverno.io',
  'test.gatekeeper.sh',
  'mirror.openshift.io',
  'helmfile.com',
  'schemas.fluxcd.io',
]);

const toolKinds = new Set([
  'policy.open-cluster-management.io/PolicyGenerator',
  'scorecard.operatorframework.io/Configuration',
]);
