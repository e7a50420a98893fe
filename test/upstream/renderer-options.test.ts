import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RendererProgram } from '../../src/core/upstream/renderer.ts';
import { repositoryOf, startRenderer } from '../core/render/harness.ts';

// What the corpora do not have, each beside the real kustomize.
const kustomize = join(process.env.DRIFTLINE_TOOLS ?? '', 'kustomize');

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n';
const base = {
  'base/kustomization.yaml':
    'resources: [c.yaml]\nconfigMapGenerator:\n- {name: made, literals: [a=b]}\n',
  'base/c.yaml': configMap,
};
const cases: Record<string, Record<string, string>> = {
  'what it says of its own work': {
    ...base,
    'kustomization.yaml':
      'resources: [base]\nnamePrefix: x-\nlabels:\n- pairs: {a: b}\nbuildMetadata: [managedByLabel, originAnnotations, transformerAnnotations]\n',
  },
  'a file outside of the folder': {
    'kustomization.yaml': 'resources: []\nconfigMapGenerator:\n- {name: a, files: [../c.yaml]}\n',
  },
  'a Helm chart to inflate': {
    'kustomization.yaml': 'helmCharts:\n- {name: web, repo: https://charts.example.com}\n',
  },
  'an exec plug-in': {
    'kustomization.yaml': 'generators: [plugin.yaml]\n',
    'plugin.yaml':
      'apiVersion: example.com/v1\nkind: Maker\nmetadata:\n  name: a\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./make.sh}\n',
  },
  'a long text that a patch adds to': {
    'kustomization.yaml':
      'resources: [a.yaml]\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n    data: {other: c}\n',
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |+\n${'    a line: of {{text}} & "more"\n'.repeat(40)}\n\n  b: c\n`,
  },
  'a key that stands twice': {
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'a.yaml': `${configMap}immutable: true\nimmutable: false\n`,
  },
  'long texts that differ': {
    'kustomization.yaml':
      'resources: [a.yaml]\npatchesStrategicMerge: [one.yaml, two.yaml]\nnameSuffix: -x\n',
    'a.yaml': configMap.replace('c}', 'a}'),
    'one.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |\n${'    first\n'.repeat(90)}`,
    'two.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  text: |\n${'    second\n'.repeat(90)}`,
  },
};

describe.skipIf(!existsSync(kustomize) && !process.env.CI)('kustomize build', () => {
  const { program, resident } = startRenderer();
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'driftline-options-')));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await resident.close();
  });

  it.each(Object.entries(cases))('is answered alike: %s', async (name, files) => {
    const root = join(folder, name.replaceAll(' ', '-'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    expect(await ours(program, root, files)).toBe(await theirs(root));
  });
});

async function ours(
  program: RendererProgram,
  root: string,
  files: Record<string, string>,
): Promise<string> {
  const repository = { ...repositoryOf(files), root };
  const request = { path: '', text: true, trace: true };
  const { text, failure } = await program.render('kustomize', repository, request);
  return failure ? `Error: ${failure.message}\n` : text;
}

function theirs(root: string): Promise<string> {
  const options = { env: { HOME: tmpdir(), PATH: '' } };
  return new Promise(done => {
    execFile(kustomize, ['build', root], options, (error, stdout, stderr) =>
      done(error ? stderr.slice(stderr.indexOf('Error: ')) : stdout),
    );
  });
}
