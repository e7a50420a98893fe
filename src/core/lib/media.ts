import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder of `media/` of this checkout or package: beside a bundle's folder, or above the sources. `file` is one in it. */
export function mediaFolder(name: string, file: string): string {
  // A CommonJS bundle has `__dirname`, a module `import.meta.dirname`.
  let dir = import.meta.dirname ?? __dirname;
  for (;;) {
    const found = join(dir, 'media', name);
    if (existsSync(join(found, file))) return found;
    if (dirname(dir) === dir)
      throw new Error(`media/${name} is missing: the installation is broken`);
    dir = dirname(dir);
  }
}
