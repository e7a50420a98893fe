import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const largest = 6000;

/** YAML to begin with: our own fixtures and the demo's, and that of the corpora where they are. */
export function soundTexts(corpora = resolve(root, '../shared/corpus')): string[] {
  const folders = [join(root, 'test'), join(root, 'scripts', 'demo'), corpora];
  return folders.filter(existsSync).flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => /\.ya?ml$/.test(file))
      .map(file => join(folder, file))
      .filter(file => statSync(file).isFile() && statSync(file).size <= largest)
      .map(file => readFileSync(file, 'utf8')),
  );
}
