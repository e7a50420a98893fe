import { posix } from 'node:path';
import { effectiveResource } from '../drift/declared.ts';
import { UserError } from '../lib/errors.ts';
import { writeManifests } from '../manifests/write.ts';
import type { Application, Environment, RenderSource } from '../model/environment.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { placeText } from '../model/source.ts';
import { isHiddenField, maskedObject } from '../words/masked-object.ts';
import { masked } from '../words/values.ts';
import type { Workspace } from '../workspace.ts';

export interface RenderReport {
  /** What stands on standard output: for a folder or chart byte for byte what the tool prints. */
  text: string;
  /** With the namespace that the application or the environment gives those that name none. */
  objects: { environment?: string; application?: string; object: RenderedObject }[];
  /** Why something is not in the text: one sentence each. */
  failures: string[];
}

/** How a chart is rendered; what is absent is as `helm template` has it. */
export interface ChartOptions {
  /** Files, relative to the repository's root, the later wins. */
  values: readonly string[];
  release?: string;
  namespace?: string;
  kubeVersion?: string;
  includeCrds: boolean;
}

/** What the environments should run, application by application. */
export async function renderEnvironments(
  workspace: Workspace,
  environments: readonly Environment[],
): Promise<RenderReport> {
  const report: RenderReport = { text: '', objects: [], failures: [] };
  for (const environment of environments) {
    const schemas = workspace.schemas(environment.kubernetes, workspace.customTypes());
    for (const application of environment.applications) {
      const rendered = shown(workspace, await workspace.print(application));
      const title = `# environment ${environment.name}, application ${application.name}\n`;
      const text = applicationText(workspace, application, rendered);
      if (text !== '') report.text += title + text;
      const namespace = application.namespace ?? environment.namespace;
      for (const object of rendered.objects) {
        const resource = effectiveResource(object.resource, namespace, schemas);
        const names = { environment: environment.name, application: application.name };
        report.objects.push({ ...names, object: { ...readable(object), resource } });
      }
      report.failures.push(...failuresOf(rendered, `${environment.name}/${application.name}: `));
    }
    for (const { reason, place } of environment.unresolved)
      report.failures.push(`${environment.name}: ${reason} (${placeText(place)})`);
  }
  return report;
}

/** One folder with a kustomization, chart or manifests; `path` is relative to the repository's root. */
export async function renderPath(
  workspace: Workspace,
  path: string,
  chart: ChartOptions,
): Promise<RenderReport> {
  const source = sourceAt(workspace, path, chart);
  const rendered = shown(workspace, await workspace.print({ source }));
  return {
    text: rendered.text === '' ? objectsText(rendered) : rendered.text,
    objects: rendered.objects.map(object => ({ object })),
    failures: failuresOf(rendered, ''),
  };
}

/** What kind of source a folder is: found by looking. Throws a UserError where it is none. */
export function sourceAt(workspace: Workspace, path: string, chart: ChartOptions): RenderSource {
  const { index, repository } = workspace;
  const folder = posix.normalize(path).replace(/^\.$|\/$/g, '');
  if (index.kustomizations.has(folder)) return { kind: 'kustomize', path: folder };
  if (index.charts.has(folder)) {
    const { release = 'release-name', namespace = 'default', kubeVersion, includeCrds } = chart;
    const values = chart.values.map(file => ({ kind: 'file' as const, path: file }));
    return { kind: 'helm', path: folder, release, namespace, values, includeCrds, kubeVersion };
  }
  const prefix = folder === '' ? '' : `${folder}/`;
  if (!repository.files.some(file => file.startsWith(prefix)))
    throw new UserError(
      `${path} is not a folder of this repository with files that git knows; name a kustomization, a chart or a folder of manifests.`,
    );
  return { kind: 'plain', path: folder, recurse: true };
}

/** What was decrypted is printed masked, so that it is not what the tool prints either. */
function shown({ decrypts }: Workspace, rendered: Rendered): Rendered {
  if (!decrypts) return rendered;
  const objects = rendered.objects.map(object => ({
    ...object,
    value: maskedObject(object.value, path => isHiddenField(object, path), masked),
  }));
  return { ...rendered, objects, text: '' };
}

function applicationText(
  { decrypts }: Workspace,
  { source }: Application,
  rendered: Rendered,
): string {
  if (decrypts) return objectsText(rendered);
  const isMasked = rendered.objects.some(({ sensitive }) => sensitive);
  const asBuilt =
    !isMasked && (source.kind === 'helm' || source.kind === 'kustomize') && !source.flux;
  if (!asBuilt) return objectsText(rendered);
  return rendered.text.startsWith('---') || rendered.text === ''
    ? rendered.text
    : `---\n${rendered.text}`;
}

function objectsText({ objects }: Rendered): string {
  return writeManifests(objects.map(object => readable(object).value));
}

/** What a Secret's values made elsewhere is not printed; Secrets are, as their build prints them. */
function readable(object: RenderedObject): RenderedObject {
  const { sensitive } = object;
  if (!sensitive) return object;
  const about = { resource: { ...object.resource, kind: '' }, sensitive };
  const value = maskedObject(object.value, path => isHiddenField(about, path), masked);
  return { ...object, value };
}

function failuresOf({ failure, notChecked }: Rendered, prefix: string): string[] {
  const parts = notChecked.map(({ reason, place }) => `${prefix}${reason} (${placeText(place)})`);
  return failure ? [`${prefix}${failure.message} (${placeText(failure.place)})`, ...parts] : parts;
}
