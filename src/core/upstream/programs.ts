import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../lib/errors.ts';

export type ProgramName = 'renderer' | 'judge';

/**
 * Where a resident program lies: in the folder the environment variable DRIFTLINE_PROGRAMS names, else in
 * `dist/bin` of the package this code belongs to. undefined when it is not there.
 */
export function programPath(name: ProgramName): string | undefined {
  const folder = process.env.DRIFTLINE_PROGRAMS || builtFolder();
  if (folder === undefined) return undefined;
  const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
  return existsSync(path) ? path : undefined;
}

/** As `programPath`; throws a `UserError` that says what to do where there is none. */
export function requireProgram(name: ProgramName): string {
  const path = programPath(name);
  if (path !== undefined) return path;
  throw new UserError(
    process.env.DRIFTLINE_PROGRAMS
      ? `DRIFTLINE_PROGRAMS names a folder without the ${name} program; build it with \`node scripts/build-upstream.ts\`.`
      : `The ${name} program is not built; run \`node scripts/build-upstream.ts\` in Driftline's folder.`,
  );
}

function builtFolder(): string | undefined {
  const root = packageRoot(import.meta.dirname);
  return root === undefined ? undefined : join(root, 'dist', 'bin');
}

/** The nearest folder with a package.json: the same for the sources and for a bundle in `dist`. */
function packageRoot(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : packageRoot(parent);
}
