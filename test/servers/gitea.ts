import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../scripts/lib/run.ts';
import { buildPart } from './build.ts';
import { type Gitea, makeToken } from './gitea-api.ts';
import { parts } from './parts.ts';
import { freePorts, type Started, startTogether } from './processes.ts';

/** Starts Gitea with an empty database and one administrator. Needs git. */
export async function startGitea(log: (line: string) => void): Promise<Started<Gitea>> {
  const built = await buildPart(parts.gitea, log);
  return startTogether('gitea', async group => {
    const { http } = await freePorts('http');
    const url = `http://127.0.0.1:${http}`;
    const config = group.at('app.ini');
    await writeFile(config, settings({ folder: group.folder, data: built, url, port: http }));
    // Ours has no browser scripts, which need a build of their own; without this list it complains of that.
    const scripts = group.at('custom/public/assets/.vite/manifest.json');
    await mkdir(dirname(scripts), { recursive: true });
    await writeFile(scripts, '{}');
    const program = join(built, 'gitea');
    const env = { GITEA_WORK_DIR: group.folder, HOME: group.folder, TMPDIR: group.folder };
    group.launchGuarded('gitea', program, ['--config', config, 'web'], env);
    await group.answers('gitea', `${url}/api/v1/version`);
    const admin = { name: 'admin1', password: 'password' };
    const { status, error } = await run(
      program,
      [
        ...['--config', config, 'admin', 'user', 'create', '--admin'],
        ...['--username', admin.name, '--password', admin.password],
        ...['--email', `${admin.name}@example.test`, '--must-change-password=false'],
      ],
      { env: { ...process.env, ...env } },
    );
    if (status !== 0) throw new Error(`gitea admin user create: ${error}`);
    return { url, admin: { ...admin, token: await makeToken(url, admin) } };
  });
}

function settings(at: { folder: string; data: string; url: string; port: number }): string {
  return `
RUN_MODE = prod
WORK_PATH = ${at.folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${at.port}
ROOT_URL = ${at.url}/
STATIC_ROOT_PATH = ${at.data}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = ${join(at.folder, 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
SECRET_KEY = driftline-test
PASSWORD_HASH_ALGO = pbkdf2_v1
PASSWORD_COMPLEXITY = off
MIN_PASSWORD_LENGTH = 1
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = *
[repository]
DEFAULT_BRANCH = main
[actions]
ENABLED = false
[packages]
ENABLED = true
[indexer]
REPO_INDEXER_ENABLED = false
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
[log]
LEVEL = warn
[ui]
USE_SERVICE_WORKER = false
`;
}
