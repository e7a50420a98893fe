import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../scripts/lib/run.ts';

/** A git checkout in a temporary folder, for tests; no settings of the person who runs them take part. */
export class WorkRepository {
  readonly folder = mkdtempSync(join(tmpdir(), 'driftline-work-'));

  static async create(files: Record<string, string>): Promise<WorkRepository> {
    const made = new WorkRepository();
    await made.git('init', '--quiet', '--template=', '--initial-branch=main');
    await made.git('config', 'user.name', 'Test');
    await made.git('config', 'user.email', 'test@example.test');
    await made.commit('Start', files);
    return made;
  }

  /** Writes the files, commits everything and answers the commit's name. */
  async commit(message: string, files: Record<string, string>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Runs git there and answers what it prints, without the last line's end. */
  async git(...args: string[]): Promise<string> {
    const { status, output, error } = await run('git', args, {
      cwd: this.folder,
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
      },
    });
    if (status !== 0) throw new Error(`git ${args[0]}: ${error}`);
    return output.trimEnd();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
