import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/lib/errors.ts';
import { type CommonArguments, parseArguments } from '../../src/terminal/arguments.ts';
import { helpText } from '../../src/terminal/help.ts';
import { commandNames } from '../../src/terminal/options.ts';
import { expectGolden } from './golden.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(word => word !== ''));

function refusal(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error(`understood: ${line}`);
}

const common = {
  environments: [],
  format: 'text',
  offline: false,
  trust: false,
  decrypt: false,
  forges: {},
  auditLogs: new Map(),
  schemas: [],
  quiet: false,
  verbose: false,
  noColor: false,
};

describe('the command line', () => {
  it('gives each command what it was told', () => {
    expect(parse('environments')).toEqual({ command: 'environments', ...common });
    expect(
      parse(
        'drift -C repo -e a --environment=b --all --strict --format json -o out --offline --cause not-synced --cause changed-in-cluster',
      ),
    ).toEqual({
      command: 'drift',
      ...common,
      ...{ repo: 'repo', environments: ['a', 'b'], all: true, strict: true },
      causes: ['not-synced', 'changed-in-cluster'],
      ...{ verify: false, local: false },
      ...{ format: 'json', output: 'out', offline: true },
    });
    expect(parse('drift --verify')).toMatchObject({ verify: true, local: false });
    expect(parse('drift --local')).toMatchObject({ verify: false, local: true });
    expect(() => parse('drift --local --verify')).toThrow('use one of them');
    const { auditLogs } = parse('drift --audit-log prod=/a=b --audit-log dev=c') as CommonArguments;
    expect([...auditLogs]).toEqual([
      ['prod', '/a=b'],
      ['dev', resolve('c')],
    ]);
    expect(() => parse('drift --audit-log /a')).toThrow('--audit-log takes a context');
    expect(parse('validate a b --revision HEAD~1 --no-color --verbose')).toEqual({
      command: 'validate',
      ...common,
      ...{
        paths: ['a', 'b'],
        strict: false,
        server: false,
        render: true,
        revision: 'HEAD~1',
        noColor: true,
        verbose: true,
      },
    });
    expect(parse('sync shop -e a --yes --dry-run')).toEqual({
      command: 'sync',
      ...common,
      ...{ environments: ['a'], application: 'shop', yes: true, dryRun: true },
    });
    expect(parse('resume')).toEqual({ command: 'resume', ...common, yes: false, dryRun: false });
    expect(parse('render charts/web --values a --values b -n shop --include-crds')).toEqual({
      command: 'render',
      ...common,
      path: 'charts/web',
      chart: { values: ['a', 'b'], namespace: 'shop', includeCrds: true },
    });
    expect(
      parse('propose a --title T --body-file f --base next --yes --forge Git.example.com=gitea'),
    ).toEqual({
      command: 'propose',
      ...common,
      ...{ paths: ['a'], title: 'T', bodyFile: 'f', base: 'next', yes: true },
      forges: { 'git.example.com': 'gitea' },
    });
    expect(parse('snapshot -e a --trust --quiet')).toEqual({
      command: 'snapshot',
      ...common,
      ...{ environments: ['a'], trust: true, quiet: true },
    });
  });

  it('says which forges there are', () => {
    for (const wrong of ['gitea', 'git.example.com=bitbucket', '=gitea', 'a=constructor'])
      expect(refusal(`propose --forge ${wrong}`)).toMatch(
        /--forge takes a host .*github, gitlab, gitea/,
      );
  });

  it('takes options before the command and paths that look like options', () => {
    expect(parse('--values a.yaml -C x render c')).toMatchObject({ repo: 'x', path: 'c' });
    expect(parse('validate -- -x --y')).toMatchObject({ paths: ['-x', '--y'] });
    expect(parse('drift --revision=-1')).toMatchObject({ revision: '-1' });
  });

  it.each([
    ['base/web.yaml:12', { kind: 'line', file: 'base/web.yaml', line: 12 }],
    ['Deployment/web', { kind: 'object', objectKind: 'Deployment', name: 'web' }],
    [
      'Deployment/shop/web',
      { kind: 'object', objectKind: 'Deployment', namespace: 'shop', name: 'web' },
    ],
    ['apps/web', { kind: 'path', path: 'apps/web' }],
    ['base/web.yaml:0', { kind: 'path', path: 'base/web.yaml:0' }],
  ])('traces %s', (word, target) => {
    expect(parse(`trace ${word}`)).toMatchObject({ command: 'trace', target });
  });

  it.each([
    ['', { command: 'help', noColor: false }],
    ['--help', { command: 'help', noColor: false }],
    ['help drift', { command: 'help', topic: 'drift', noColor: false }],
    ['drift -h --no-color', { command: 'help', topic: 'drift', noColor: true }],
    ['--version', { command: 'version' }],
    ['drift --version', { command: 'version' }],
  ])('answers %j', (line, invocation) => {
    expect(parse(line)).toEqual(invocation);
  });

  it.each([
    ['drfit', 'There is no command "drfit". Did you mean drift?'],
    ['paint', `There is no command "paint". Commands: ${commandNames.join(', ')}.`],
    ['help vaildate', 'There is no command "vaildate". Did you mean validate?'],
    ['drift --fromat json', 'driftline drift has no option --fromat. Did you mean --format?'],
    ['--ofline', 'driftline has no option --ofline. Did you mean --offline?'],
    ['validate --all', 'driftline validate has no option --all. See driftline validate --help.'],
    ['drift --cause not-sync', 'There is no cause "not-sync". Did you mean not-synced?'],
    ['drift -x', 'driftline drift has no option -x. See driftline drift --help.'],
    [
      'drift --constructor',
      'driftline drift has no option --constructor. See driftline drift --help.',
    ],
    ['drift --format sarfi', 'There is no format "sarfi". Did you mean sarif?'],
    [
      'render --format sarif',
      '--format sarif does not fit this command; driftline render can print text, json.',
    ],
    ['drift -e', '-e needs a value: -e NAME.'],
    ['drift -e --all', '-e needs a value: -e NAME.'],
    ['drift --repo=', '--repo needs a value: --repo DIR.'],
    ['drift --all=yes', '--all takes no value.'],
    ['render a b', 'driftline render takes one argument; "b" is too many.'],
    [
      'drift production',
      'driftline drift takes no "production"; choose an environment with -e, a repository with -C.',
    ],
    ['drift --quiet --verbose', '--quiet and --verbose cannot be used together.'],
  ])('refuses %j with a sentence', (line, sentence) => {
    expect(refusal(line)).toBe(sentence);
  });
});

describe('the help', () => {
  it.each([undefined, ...commandNames])('of %s fits 80 columns', topic => {
    const text = helpText(topic, false);
    expectGolden(`help/${topic ?? 'driftline'}.txt`, text);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('gives examples that are understood', () => {
    for (const topic of commandNames) {
      const examples = helpText(topic, false).match(/^ {2}driftline .*(?= #)/gm) ?? [];
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples)
        expect(parse(example.trim().slice('driftline '.length)).command).toBe(topic);
    }
  });
});
