import { afterAll, describe, expect, it } from 'vitest';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { type RendererAnswer, RendererProgram } from '../../src/core/upstream/renderer.ts';
import { repositoryOf } from '../core/render/harness.ts';

const resident = new ResidentProgram({ program: requireProgram('renderer') });
const program = new RendererProgram(resident);
afterAll(() => resident.close());

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';

describe('the renderer program', () => {
  it('says which version it is', async () => {
    expect(await resident.request('ping', {})).toEqual({ version: expect.any(String) });
  });

  it('refuses what it does not know, and goes on', async () => {
    await expect(resident.request('dance', {})).rejects.toMatchObject({ code: 'usage' });
    await expect(resident.request('kustomize', { tree: 'none', path: '' })).rejects.toMatchObject({
      code: 'unknown-tree',
    });
    await expect(resident.request('tree', { tree: 5 })).rejects.toThrow('tree');
    expect(await resident.request('ping', {})).toBeDefined();
  });

  it('asks only for contents that it has not', async () => {
    const tree = { tree: 't', root: '/r', files: { 'a.yaml': 'h1', 'b.yaml': 'h2', 'c.bin': '' } };
    expect(await resident.request('tree', tree)).toEqual({ missing: ['h1', 'h2'] });
    await resident.request('content', { texts: { h1: pod } });
    expect(await resident.request('tree', { ...tree, tree: 'u' })).toEqual({ missing: ['h2'] });
    expect(await resident.request('change', { tree: 't', put: { 'b.yaml': 'h1' } })).toEqual({
      missing: [],
    });
    await resident.request('drop', { tree: 't' });
    expect(await resident.request('tree', tree)).toEqual({ missing: ['h2'] });
    await resident.request('drop', { tree: 't' });
    await resident.request('drop', { tree: 'u' });
    expect(await resident.request('tree', tree)).toEqual({ missing: ['h1', 'h2'] });
  });

  it('gets the files again after it was started anew', async () => {
    const repository = repositoryOf({
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': pod,
    });
    const first = new ResidentProgram({ program: requireProgram('renderer') });
    const second = new ResidentProgram({ program: requireProgram('renderer') });
    let current = first;
    const renderer = new RendererProgram({
      request: (op: string, body: object) => current.request(op, body),
    } as ResidentProgram);
    expect((await renderer.render('kustomize', repository, { path: '' })).objects).toHaveLength(1);
    current = second;
    expect((await renderer.render('kustomize', repository, { path: '' })).objects).toHaveLength(1);
    await Promise.all([first.close(), second.close()]);
  });

  it('sends a value once, and the same one again', async () => {
    const files = { 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': pod };
    const before = repositoryOf({ ...files, 'b.yaml': pod.replace('name: a', 'name: b') });
    const asked: { op: string; body: Record<string, unknown> }[] = [];
    const renderer = new RendererProgram({
      request: (op: string, body: Record<string, unknown>) => {
        asked.push({ op, body });
        return resident.request(op, body);
      },
    } as ResidentProgram);
    const first = await renderer.render('kustomize', before, { path: '' });
    const after = repositoryOf({ ...files, 'b.yaml': pod.replace('name: a', 'name: c') });
    renderer.derive(before, after, ['b.yaml']);
    const second = await renderer.render('kustomize', after, { path: '' });
    expect(second.objects[0]?.value).toBe(first.objects[0]?.value);
    expect(second.objects[1]?.value).toMatchObject({ metadata: { name: 'c' } });
    const [, listing] = asked.filter(({ op }) => op === 'tree');
    expect(listing?.body).toMatchObject({ put: { 'b.yaml': expect.any(String) }, delete: [] });
    const [, request] = asked.filter(({ op }) => op === 'kustomize');
    expect(request?.body.have).toEqual(first.objects.map(({ key }) => key));
  });

  it('sends the whole listing again where the program forgot the one before', async () => {
    const files = { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': pod };
    const before = repositoryOf(files);
    const renderer = new RendererProgram(resident);
    await renderer.render('kustomize', before, { path: '' });
    const after = repositoryOf({ ...files, 'a.yaml': pod.replace('name: a', 'name: z') });
    renderer.derive(before, after, ['a.yaml']);
    for (const tree of ['1', '2', '3'])
      await resident.request('drop', { tree: `/repository working tree ${tree}` });
    const rendered = await renderer.render('kustomize', after, { path: '' });
    expect(rendered.objects[0]?.value).toMatchObject({ metadata: { name: 'z' } });
  });

  it('keeps two states of one repository apart, also at the same time', async () => {
    const state = (name: string) =>
      repositoryOf({
        'kustomization.yaml': 'resources: [a.yaml]\n',
        'a.yaml': pod.replace('a}', `${name}}`),
      });
    const states = ['one', 'two', 'three'].map(state);
    const answers = await Promise.all(
      [...states, ...states].map(each => program.render('kustomize', each, { path: '' })),
    );
    const names = answers.map(({ objects }) => objects[0]?.value.metadata);
    expect(names).toEqual(['one', 'two', 'three', 'one', 'two', 'three'].map(name => ({ name })));
  });

  it('takes files that are no text', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const repository = repositoryOf({
      'kustomization.yaml': 'configMapGenerator:\n- name: keys\n  files: [store.jks]\n',
      'store.jks': bytes,
    });
    const { objects } = await program.render('kustomize', repository, { path: '' });
    const data = objects[0]?.value.binaryData as Record<string, string>;
    expect(Buffer.from(data['store.jks'] ?? '', 'base64')).toEqual(Buffer.from(bytes));
  });

  it('says that a file was not sent because it is too large, and renders the rest', async () => {
    const repository = repositoryOf({
      'a/kustomization.yaml': 'resources: [big.yaml]\n',
      'a/big.yaml': new Uint8Array(17 * 1024 * 1024).fill(35),
      'b/kustomization.yaml': 'resources: [a.yaml]\n',
      'b/a.yaml': pod,
    });
    const big = await program.render('kustomize', repository, { path: 'a' });
    expect(big.failure?.message).toContain('a/big.yaml');
    expect((await program.render('kustomize', repository, { path: 'b' })).objects).toHaveLength(1);
  });

  it('renders in a repository of 20,000 files', async () => {
    const files: Record<string, string> = {
      'app/kustomization.yaml': 'resources: [a.yaml]\n',
      'app/a.yaml': pod,
    };
    for (let index = 0; index < 20_000; index++)
      files[`teams/t${index % 97}/f${index}.yaml`] =
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${index}}\n`;
    const answer = await program.render('kustomize', repositoryOf(files), { path: 'app' });
    expect(answer.objects).toHaveLength(1);
  });

  it('reads the values of the printed text, as kubectl would', async () => {
    const repository = repositoryOf({
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': `${pod}spec: {mode: 0644, on: yes, text: "yes"}\n`,
    });
    const { objects } = await program.render('kustomize', repository, { path: '' });
    expect(objects[0]?.value.spec).toMatchObject({ mode: 420, on: 'yes', text: 'yes' });
  });

  it.each([
    ['counts', '{{ range until 2000000000 }}{{ range until 2000000000 }}{{ end }}{{ end }}'],
    ['calls itself', '{{ tpl .Values.text . }}'],
  ])('ends a template that %s for ever, and renders the next one', async (_, template) => {
    const chart = (template: string) =>
      repositoryOf({
        'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
        'web/values.yaml': 'text: "{{ tpl .Values.text . }}"\n',
        'web/templates/a.yaml': `${pod}${template}`,
      });
    const request = { path: 'web', values: [] };
    await expect(program.render('helm', chart(template), request)).rejects.toMatchObject({
      reason: expect.stringMatching(/died|stuck/),
    });
    expect((await program.render('helm', chart(''), request)).objects).toHaveLength(1);
  });

  it('touches nothing outside of the files it was given', async () => {
    const repository = repositoryOf({
      'a/kustomization.yaml': 'resources: [/etc/hostname, ../../../etc/hostname]\n',
      'b/kustomization.yaml': 'configMapGenerator:\n- name: x\n  files: [/etc/passwd]\n',
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'web/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {host: "{{ getHostByName "localhost" }}", file: {{ .Files.Get "/etc/passwd" | quote }}}\n',
    });
    const answers: RendererAnswer[] = [];
    for (const path of ['a', 'b'])
      answers.push(await program.render('kustomize', repository, { path }));
    for (const { failure, objects } of answers) {
      expect(failure?.message).toMatch(/\/etc\//);
      expect(objects ?? []).toEqual([]);
    }
    const chart = await program.render('helm', repository, { path: 'web', values: [] });
    expect(chart.objects[0]?.value.data).toEqual({ host: '', file: '' });
  });
});
