import { afterAll, describe, expect, it } from 'vitest';
import { kustomization, objectOf, renderingOf, startRenderer } from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const cipher = 'ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]';
const files = (options: string) => ({
  'kustomization.yaml': `resources: [pod.yaml]\nsecretGenerator:\n- name: api\n  envs: [api.sops.env]\n${options}`,
  'api.sops.env': `TOKEN=${cipher}\nsops_mac=${cipher}\n`,
  'pod.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    envFrom: [{secretRef: {name: api}}]\n',
});

describe('a Secret that is generated from encrypted files', () => {
  it('is not checked under a name that is a hash of them, and what names it is not compared there', async () => {
    const rendered = await renderingOf(files(''), program).render(kustomization(''));
    expect(rendered.objects.map(({ resource }) => resource.kind)).toEqual(['Pod']);
    expect(rendered.notChecked).toMatchObject([
      { resource: { kind: 'Secret' }, reason: expect.stringContaining('--decrypt') },
    ]);
    expect(objectOf(rendered, 'Pod', 'web').sealed).toEqual([
      '.spec.containers[0].envFrom[0].secretRef.name',
    ]);
  });

  it('is known by its keys under a name of its own', async () => {
    const rendered = await renderingOf(
      files('  options: {disableNameSuffixHash: true}\n'),
      program,
    ).render(kustomization(''));
    const { value } = objectOf(rendered, 'Secret', 'api');
    expect(value).toMatchObject({
      data: { TOKEN: expect.stringMatching(/^ENC\[/) },
      sops: { mac: expect.stringMatching(/^ENC\[/) },
    });
    expect(Object.keys(value.data ?? {})).toEqual(['TOKEN']);
    expect(objectOf(rendered, 'Pod', 'web').sealed).toBeUndefined();
  });

  it('is as it is where nothing is encrypted', async () => {
    const plain = { ...files(''), 'api.sops.env': 'TOKEN=a\n' };
    const rendered = await renderingOf(plain, program).render(kustomization(''));
    expect(rendered.notChecked).toEqual([]);
    expect(
      rendered.objects.find(({ resource }) => resource.kind === 'Secret')?.value.sops,
    ).toBeUndefined();
  });
});
