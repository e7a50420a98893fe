import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildServers, toolsDirectory } from '../test/servers/build.ts';
import { buildAll } from './build.ts';
import { findGo } from './lib/go.ts';

const root = resolve(import.meta.dirname, '..');
const ci = Boolean(process.env.CI);

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Full names of the tests that failed, where they have names. */
  failures?: string[];
}

/** What the tests' JSON report is read for. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

/** Runs every test there is; prints `N passed, N failed` alone on the last line. */
async function main(): Promise<void> {
  await buildAll(say);
  await buildServers(say);
  const go = await findGo(say);
  const parts = [
    command('types', 'tsc', ['--noEmit']),
    command('lint and format', 'biome', ['check', '.']),
    goTests(go, 'renderer'),
    goTests(go, 'judge'),
    vitest('unit tests and the command line', 'vitest.config.ts'),
    vitest('real servers', 'vitest.servers.config.ts'),
    vitest('a real VS Code', 'vitest.host.config.ts'),
  ];
  const sum = (field: 'passed' | 'failed' | 'skipped') =>
    parts.reduce((total, part) => total + part[field], 0);
  const skipped = sum('skipped');
  if (skipped > 0) say(`${skipped} skipped: they need ../shared, which is not here`);
  // Said again at the end: a log of an hour is read from there.
  for (const name of parts.flatMap(part => part.failures ?? [])) say(`failed: ${name}`);
  // In CI nothing may be skipped: a skipped test counts as a failed one there.
  const failed = sum('failed') + (ci ? skipped : 0);
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
  process.exit(failed > 0 ? 1 : 0);
}

function command(title: string, program: string, args: string[], cwd = root): Tally {
  say(`— ${title}`);
  const { status } = spawnSync(program, args, { cwd, stdio: 'inherit' });
  const ok = status === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, failures: ok ? [] : [title] };
}

/** `go vet` and `go test`, counted test by test. */
function goTests(go: string, module: string): Tally {
  const cwd = join(root, 'upstream', module);
  const vet = command(`go vet ${module}`, go, ['vet', './...'], cwd);
  say(`— go test ${module}`);
  const run = spawnSync(go, ['test', '-json', './...'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const failures = vet.failures ?? [];
  const tally: Tally = { ...vet, failures };
  let output = '';
  for (const line of run.stdout.split('\n').filter(text => text.startsWith('{'))) {
    const event = JSON.parse(line) as { Action: string; Test?: string; Output?: string };
    output += event.Output ?? '';
    if (event.Test === undefined) continue;
    if (event.Action === 'pass') tally.passed++;
    if (event.Action === 'fail') failures.push(`${module} > ${event.Test}`);
    if (event.Action === 'skip') tally.skipped++;
  }
  if (run.status !== 0) {
    process.stdout.write(output + run.stderr);
    if (failures.length === 0) failures.push(`${module} (go test)`);
  }
  tally.failed = failures.length;
  return tally;
}

/** A vitest run, counted from its JSON report; a run that ends without one is a failure. */
function vitest(title: string, config: string): Tally {
  say(`— ${title}`);
  const folder = mkdtempSync(join(tmpdir(), 'driftline-test-'));
  const report = join(folder, 'report.json');
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--config',
      config,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, DRIFTLINE_TOOLS: toolsDirectory() } },
  );
  const counted = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
    : undefined;
  rmSync(folder, { recursive: true, force: true });
  const failed = counted?.numFailedTests ?? 0;
  return {
    passed: counted?.numPassedTests ?? 0,
    // A file that cannot even be loaded fails the run without a failed test.
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: (counted?.numPendingTests ?? 0) + (counted?.numTodoTests ?? 0),
    failures: counted === undefined ? [`${title} (no report)`] : failuresOf(counted),
  };
}

/** The failed tests of each file; the file alone where it could not be loaded. */
function failuresOf(report: Report): string[] {
  return report.testResults
    .filter(file => file.status === 'failed')
    .flatMap(file => {
      const failed = file.assertionResults.filter(test => test.status === 'failed');
      const name = relative(root, file.name);
      return failed.length === 0 ? [name] : failed.map(test => `${name} > ${test.fullName}`);
    });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
