import { describe, expect, it } from 'vitest';
import { github } from '../../../src/terminal/report/github.ts';
import { driftIssues, validateIssues } from '../../../src/terminal/report/issues.ts';
import { driftTotals } from '../../../src/terminal/report/states.ts';
import { sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';
import { findings } from './validate-sample.ts';

interface Command {
  name: string;
  properties: Record<string, string>;
  message: string;
}

/** Reads a line as the runner does (`ActionCommand.TryParseV2`): undefined for what is only text. */
function parse(line: string): Command | undefined {
  const match = /^::([^ :]+)(?: (.*?))?::(.*)$/.exec(line.trimStart());
  if (match === null) return undefined;
  const [, name = '', list = '', message = ''] = match;
  const properties = list.split(',').flatMap(pair => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at), property(pair.slice(at + 1))]];
  });
  return { name, properties: Object.fromEntries(properties), message: data(message) };
}

function data(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function property(text: string): string {
  return data(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

function read(text: string): { commands: Command[]; rest: string[] } {
  const lines = text.split('\n').filter(line => line !== '');
  const rest = lines.filter(line => parse(line) === undefined);
  return { commands: lines.flatMap(line => parse(line) ?? []), rest };
}

describe('GitHub annotations', () => {
  it('carry findings unharmed through the runner', () => {
    const { commands, rest } = read(github(validateIssues(findings), 'the totals'));
    expect(rest).toEqual(['Driftline: the totals']);
    const odd = commands.find(({ properties }) => properties.file?.startsWith('base/<odd>'));
    expect(odd).toEqual({
      name: 'notice',
      properties: {
        file: 'base/<odd>|[name], ü#1.yaml',
        line: '1',
        endLine: '1',
        col: '1',
        endColumn: '2',
        title: 'Driftline: deprecated-api',
      },
      message: findings.findings[4]?.message,
    });
    const lines = commands.find(({ message }) => message.includes('100% odd'));
    expect(lines?.message).toBe(findings.findings[2]?.message);
  });

  it('have the errors first and what was not checked last', () => {
    const { commands } = read(github(validateIssues(findings), 'the totals'));
    expect(commands.map(({ name }) => name)).toEqual([
      ...['error', 'error', 'error', 'warning', 'notice', 'warning', 'warning'],
    ]);
    expect(commands.at(-2)).toEqual({
      name: 'warning',
      properties: { file: 'base/widget.yaml', line: '1', title: 'Driftline: not checked' },
      message: 'Widget shop/a and 1 other: There is no schema for widgets.example.com/v1 Widget.',
    });
    expect(commands.at(-1)).toEqual({
      name: 'warning',
      properties: { title: 'Driftline: not checked' },
      message: 'production: The judge could not be started.',
    });
  });

  it('sum what was not checked by reason, with the names that tell it apart', () => {
    const kinds = ['a/v1 A', 'b/v1 B', 'a/v1 A'];
    const notChecked = kinds.map(kind => ({ reason: `no schema for ${kind}` }));
    const { commands } = read(github(validateIssues({ ...findings, notChecked }), 'totals'));
    expect(commands.at(-1)?.message).toBe('no schema for these kinds: a/v1 A ×2, b/v1 B');
  });

  it('say what drifted, on the line that decides', () => {
    const { commands, rest } = read(github(driftIssues(sketch), driftTotals(sketch)));
    expect(commands[1]).toEqual({
      name: 'warning',
      properties: {
        file: 'overlays/production/replicas.yaml',
        line: '7',
        title: 'Driftline: field-changed',
      },
      message:
        'Deployment shop/web, spec.replicas: 3 in the repository, 5 in production (kubectl-scale, 2026-03-04 09:00 UTC).',
    });
    expect(rest).toEqual([`Driftline: ${driftTotals(sketch)}`]);
  });

  it('cannot be forged by what a repository or cluster holds', () => {
    const text = github(driftIssues(all), '::set-output name=a::b');
    const { commands, rest } = read(text);
    expect(rest).toEqual(['Driftline: ::set-output name=a::b']);
    const forged = commands.filter(({ name }) => !['error', 'warning', 'notice'].includes(name));
    expect(forged.map(({ name }) => name)).toEqual([]);
    expect(text).not.toMatch(secrets);
  });
});
