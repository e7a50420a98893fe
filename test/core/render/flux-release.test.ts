import { afterAll, describe, expect, it } from 'vitest';
import type { HelmSource } from '../../../src/core/model/environment.ts';
import { objectOf, placeOf, renderingOf, startRenderer } from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const files: Record<string, string> = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'chart/values.yaml': 'level: warn\nhost: a\n',
  'chart/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: api }
data:
  level: {{ .Values.level }}
  host: {{ .Values.host | default "none" }}
  password: {{ .Values.password | default "none" }}
  both: "{{ .Values.level }}:{{ .Values.password }}"
{{- if eq (.Values.password | default "") "pass-phrase" }}
  known: "true"
{{- end }}
`,
  'release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: api
spec:
  postRenderers:
  - kustomize:
      patches:
      - target: {kind: ConfigMap}
        patch: |
          - op: replace
            path: /data/level
            value: patched
  values:
    host: b
`,
  'values.yaml': 'host: c\n',
};

const origin = { file: 'release.yaml', line: 1, column: 1 };

function release(more: Partial<HelmSource> = {}): { source: HelmSource; origin: typeof origin } {
  const source: HelmSource = {
    kind: 'helm',
    path: 'chart',
    release: 'api',
    namespace: 'apps',
    values: [],
    includeCrds: false,
    flux: { name: 'api', namespace: 'apps', postRenderers: [] },
    ...more,
  };
  return { source, origin };
}

const secret = {
  kind: 'inline' as const,
  values: { password: 'pass-phrase' },
  place: { file: '', line: 1, column: 1 },
  secret: true,
};

describe('a HelmRelease', () => {
  it('patches the output; patched fields stand in its spec', async () => {
    const patch = '- op: replace\n  path: /data/level\n  value: patched\n';
    const kustomize = { patches: [{ target: { kind: 'ConfigMap' }, patch }] };
    const flux = { name: 'api', namespace: 'apps', postRenderers: [{ kustomize }] };
    const rendered = await renderingOf(files, program).trace(release({ flux }));
    const api = objectOf(rendered, 'ConfigMap', 'api');
    expect(api.value.data).toMatchObject({ level: 'patched', host: 'a' });
    expect(api.value.metadata).toMatchObject({
      labels: { 'helm.toolkit.fluxcd.io/name': 'api', 'helm.toolkit.fluxcd.io/namespace': 'apps' },
    });
    expect(placeOf(api, '/data/level')).toBe('release.yaml:13:20 exact');
    expect(placeOf(api, '/data/host')).toBe('chart/values.yaml:2:7 exact');
  });

  it('marks what the values of a Secret reach, also where they decide what is there', async () => {
    const rendered = await renderingOf(files, program).render(release({ values: [secret] }));
    const api = objectOf(rendered, 'ConfigMap', 'api');
    expect(api.value.data).toMatchObject({ password: 'pass-phrase', known: 'true' });
    // Another value gives other fields: the whole map tells it.
    expect(api.sensitive).toContain('.data');
    const plain = await renderingOf(files, program).render(release());
    expect(objectOf(plain, 'ConfigMap', 'api').sensitive).toBeUndefined();
  });

  it('says no secret where the chart fails with it', async () => {
    const broken = { ...files, 'chart/templates/b.yaml': '{{ fail .Values.password }}\n' };
    const { failure } = await renderingOf(broken, program).render(release({ values: [secret] }));
    expect(failure?.message).toContain('•••');
    expect(failure?.message).not.toContain('pass-phrase');
  });

  it("can have values files in the place of the chart's own", async () => {
    const values = [{ kind: 'file' as const, path: 'values.yaml' }];
    const data = async (withoutDefaults: boolean) => {
      const target = release({ values, withoutDefaults });
      const rendered = await renderingOf(files, program).render(target);
      return objectOf(rendered, 'ConfigMap', 'api').value.data;
    };
    expect(await data(true)).toMatchObject({ host: 'c', level: null });
    expect(await data(false)).toMatchObject({ host: 'c', level: 'warn' });
  });

  it('is not rendered where its values are not known', async () => {
    const named = {
      kind: 'named' as const,
      object: { kind: 'Secret', name: 'keys', namespace: 'apps' },
      reference: { kind: 'Secret', name: 'keys' },
      reason: 'only the cluster has',
    };
    const { objects, failure } = await renderingOf(files, program).render(
      release({ values: [named] }),
    );
    expect(objects).toEqual([]);
    expect(failure).toEqual({
      message: 'its values come from Secret keys, which only the cluster has',
      place: origin,
    });
  });
});
