import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CodeAction, Command } from 'vscode-languageserver-protocol';
import { driftline, type Ran } from '../cli/run.ts';
import { childrenOf } from '../lsp/children.ts';
import { startClient } from '../lsp/client.ts';
import { prepareFleet, type TaintedFleet } from '../taint/prepare.ts';
import { found } from '../taint/secrets.ts';
import { tracesBelow, watchTraces } from '../taint/traces.ts';

// Values of Secrets stand in manifests, in the cluster, in the kubeconfig, in Helm's releases, in the address of
// the remote and in the environment. Whatever is asked, and however it fails, nobody reads one.

let fleet: TaintedFleet;

beforeAll(async () => {
  fleet = await prepareFleet(inject('plane'));
});
afterAll(() => fleet.remove());

/** Runs a command and answers what it said, once nothing of that, of its files or of its processes held a secret. */
async function hushed(args: string[], options: Parameters<typeof driftline>[1] = {}): Promise<Ran> {
  const { repository, env, secrets, written } = fleet;
  const watch = watchTraces(written, secrets);
  const ran = await driftline(['-C', repository, ...args], {
    ...options,
    env: { ...env, ...options.env },
  });
  expect({
    command: args,
    said: found(ran.stdout + ran.stderr, secrets),
    seen: watch.stop(),
    left: written.flatMap(path => tracesBelow(path, secrets)),
  }).toEqual({ command: args, said: [], seen: [], left: [] });
  return ran;
}

const formats = ['text', 'json', 'sarif', 'junit', 'github', 'markdown'];

describe('no secret is read', () => {
  it.each(formats)('in drift as %s', async format => {
    const more = format === 'text' || format === 'json' ? ['--all', '--verbose'] : [];
    const { stdout, status } = await hushed(['drift', '--format', format, ...more]);
    expect(status).toBe(1);
    expect(stdout).toContain('settings');
    if (format === 'text') expect(stdout).toContain('••• (changed)');
  });

  it.each(formats)('in validate as %s', async format => {
    const { stdout } = await hushed(['validate', '--format', format]);
    expect(stdout.length).toBeGreaterThan(40);
  });

  const others = [
    ['environments', '--format', 'json'],
    ['environments', '--verbose'],
    ['render', '--diff', 'HEAD~1', '--verbose'],
    ['trace', 'Secret/db', '-e', 'main'],
    ['trace', 'ConfigMap/settings', '-e', 'main', '--format', 'json'],
    ['trace', 'apps/secret.yaml:6'],
    ['validate', 'broken'],
    ['sync', 'apps', '-e', 'main', '--dry-run'],
    ['suspend', 'apps', '-e', 'main', '--dry-run'],
    ['resume', 'apps', '-e', 'main', '--dry-run', '--format', 'json'],
    ['rollback', 'apps', '-e', 'main', '--dry-run'],
    ['propose', '--dry-run', '--forge', '127.0.0.1=gitea'],
    ['fetch'],
  ];
  it.each(others)('in %s %s %s %s %s', async (...args) => {
    const ran = await hushed(args.filter(arg => arg !== undefined));
    expect(ran.stdout + ran.stderr).not.toMatch(/unknown option|Usage/);
  });

  it.each(['text', 'json'])('in render as %s, but those that stand in a manifest', async format => {
    const { repository, env, secrets } = fleet;
    const args = ['-C', repository, 'render', '-e', 'main', '--format', format];
    const { stdout, stderr } = await driftline(args, { env });
    // A Secret of the repository is printed as its build prints it.
    const written = ['manifest', 'manifest-data', 'wrong-type'];
    const said = found(stdout + stderr, secrets).filter(name => !written.includes(name));
    expect(said).toEqual([]);
    expect(stdout).toContain('HelmRelease');
  });

  it('in a snapshot, nor in what is compared with it', async () => {
    const file = fleet.at('out/live.json');
    await hushed(['drift', '-o', fleet.at('out/report.json'), '--format', 'json']);
    const { stderr } = await hushed(['snapshot', '-e', 'main', '-o', file]);
    expect(stderr).toContain('objects of main saved');
    const text = readFileSync(fleet.at('repository/driftline.yaml'), 'utf8');
    fleet.write('repository', {
      'driftline.yaml': text.replace(/context: admin/, `snapshot: ${file}`),
    });
    try {
      const { stdout } = await hushed(['drift', '--verbose', '--all']);
      expect(stdout).toContain('snapshot');
    } finally {
      fleet.write('repository', { 'driftline.yaml': text });
    }
  });
});

describe('no secret is read in an editor', () => {
  const files = ['apps/secret.yaml', 'apps/settings.yaml', 'apps/wrong.yaml', 'broken/secret.yaml'];
  const others = ['charts/api/values.yaml', 'charts/api/templates/a.yaml'];

  it('whatever is asked of each line, and whichever action is taken', async () => {
    const { repository, env, secrets, written } = fleet;
    const watch = watchTraces(written, secrets);
    const client = await startClient({
      folder: repository,
      env,
      initializationOptions: { trusted: true, markers: true },
    });
    let actions = 0;
    try {
      for (const file of [...files, ...others]) await client.open(file);
      await client.compared();
      for (const file of [...files, ...others]) {
        const textDocument = { uri: client.uri(file) };
        const lines = client.textOf(file).split('\n').length;
        const range = { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } };
        await client.request('textDocument/codeLens', { textDocument });
        await client.request('textDocument/inlayHint', { textDocument, range });
        for (let line = 0; line < lines; line++) {
          const position = { line, character: 6 };
          await client.request('textDocument/hover', { textDocument, position });
          await client.request('textDocument/definition', { textDocument, position });
          const offered = await client.request<(CodeAction | Command)[] | null>(
            'textDocument/codeAction',
            {
              textDocument,
              range: { start: position, end: position },
              context: { diagnostics: [] },
            },
          );
          for (const { command } of offered ?? []) {
            if (typeof command !== 'object' || !/take|remove|ignore/.test(command.command))
              continue;
            actions++;
            await client.request('workspace/executeCommand', command);
          }
        }
      }
    } finally {
      await client.stop();
    }
    expect(actions).toBeGreaterThan(0);
    expect({
      heard: found(client.heard, secrets),
      errors: found(client.errors, secrets),
      seen: watch.stop(),
    }).toEqual({ heard: [], errors: [], seen: [] });
  });
});

describe('no secret is read when it fails', () => {
  it.each(['refused', 'password', 'key', 'exec', 'nowhere'])(
    'because the context %s is of no use',
    async context => {
      const file = fleet.at('repository/driftline.yaml');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace('context: admin', `context: ${context}`));
      try {
        const trust = context === 'exec' ? ['--trust'] : [];
        const { stdout } = await hushed(['drift', '--verbose', '--strict', ...trust]);
        expect(stdout).toContain('not checked');
        expect(stdout).not.toContain('in sync');
      } finally {
        writeFileSync(file, text);
      }
    },
  );

  it('because the kubeconfig is damaged', async () => {
    const damaged = readFileSync(fleet.at('kubeconfig'), 'utf8').replace(
      /"token":\s*"/,
      '"token": ["',
    );
    fleet.write('.', { damaged });
    const { status } = await hushed(['drift', '--verbose'], {
      env: { KUBECONFIG: fleet.at('damaged') },
    });
    expect(status).toBe(2);
  });

  it('because a manifest is broken', async () => {
    const { stdout } = await hushed(['validate', 'broken', '--verbose']);
    expect(stdout).toContain('broken/secret.yaml');
  });

  it('because a chart refuses a value', async () => {
    const file = fleet.at('repository/charts/api/values.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('info', 'never'));
    try {
      await hushed(['drift', '--verbose']);
    } finally {
      writeFileSync(file, text);
    }
  });

  it('because it is interrupted', async () => {
    await hushed(['drift'], { interruptWhen: wait(250) });
  });

  it('because an inner program dies of a crash, in the language server', async () => {
    const { repository, env, secrets, written } = fleet;
    const watch = watchTraces(written, secrets);
    const client = await startClient({
      folder: repository,
      env,
      initializationOptions: { trusted: true, markers: true },
    });
    try {
      await client.open('apps/secret.yaml');
      await client.compared();
      // SIGABRT makes a Go program print the stacks of all its goroutines.
      for (const pid of childrenOf(client.process.pid)) process.kill(pid, 'SIGABRT');
      await client.edit('apps/settings.yaml', { line: 8, from: 0, to: 0, text: ' ' });
      await wait(1500);
      for (let line = 0; line < 12; line++)
        await client.request('textDocument/hover', {
          textDocument: { uri: client.uri('apps/secret.yaml') },
          position: { line, character: 6 },
        });
    } finally {
      await client.stop();
    }
    expect({
      heard: found(client.heard, secrets),
      errors: found(client.errors, secrets),
      seen: watch.stop(),
    }).toEqual({ heard: [], errors: [], seen: [] });
  });
});
