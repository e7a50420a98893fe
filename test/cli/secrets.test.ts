import { describe, expect, it } from 'vitest';
import { repositoryWith } from './fixtures.ts';
import { driftline } from './run.ts';
import { hushed, secretFleet } from './secret-fleet.ts';

describe("what a Secret's values made", () => {
  const folder = repositoryWith(secretFleet);
  const formats = {
    drift: ['text', 'json', 'sarif', 'junit', 'github', 'markdown'],
    validate: ['text', 'json', 'sarif', 'junit', 'github', 'markdown'],
    trace: ['text', 'json'],
    render: ['text', 'json'],
    environments: ['text', 'json'],
  };

  for (const [command, names] of Object.entries(formats))
    it.each(names)(`is in no output of ${command} as %s`, async format => {
      const more = command === 'drift' ? ['--all', '--verbose'] : ['--verbose'];
      const ran = await driftline(['-C', folder, command, '--format', format, ...more]);
      const out = ran.stdout + ran.stderr;
      for (const value of hushed) expect(out).not.toContain(value);
      expect(out).not.toContain(Buffer.from('hush-hush-42').toString('base64'));
      expect(ran.stdout.length).toBeGreaterThan(40);
    });

  it('is said to differ, with the line, and what is no secret is shown', async () => {
    const { stdout } = await driftline(['-C', folder, 'drift', '--format', 'json']);
    const { environments } = JSON.parse(stdout);
    const found = environments[0].objects.map(
      ({ object, paths }: { object: { name: string }; paths: unknown[] }) => [object.name, paths],
    );
    const field = (path: string, desired: string, live: string, source: object) =>
      expect.objectContaining({ path, desired, live, source: expect.objectContaining(source) });
    const mask = '••• (changed)';
    expect(Object.fromEntries(found)).toMatchObject({
      app: expect.arrayContaining([
        field('.data.word', mask, mask, { file: 'apps/app.yaml', line: 7 }),
        field('.data.plain', 'here', 'there', { file: 'apps/app.yaml', line: 9 }),
      ]),
      api: expect.arrayContaining([
        field('.data.password', mask, mask, {}),
        field('.data.sum', mask, mask, {}),
        field('.data.level', 'info', 'debug', { file: 'charts/api/values.yaml', line: 3 }),
      ]),
    });
    expect(JSON.stringify(environments[0].notChecked)).toContain(
      'of Secret keys, which is not shown',
    );
  });

  it('stands masked in what an environment should run', async () => {
    const { stdout } = await driftline(['-C', folder, 'render', '-e', 'main']);
    expect(stdout).toContain('word: •••');
    expect(stdout).toContain('password: •••');
    expect(stdout).toContain('plain: here');
    expect(stdout).toContain('level: info');
  });
});
