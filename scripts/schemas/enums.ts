import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Allowed values by `io.k8s.api.core.v1.ContainerPort.protocol`. */
export type Enums = ReadonlyMap<string, string[]>;

/**
 * Values of the string types that k8s.io/api marks `+enum`, for every struct field of such a type.
 * The published OpenAPI does not carry them.
 */
export function readEnums(apiDir: string): Enums {
  const packages = goPackages(apiDir);
  const values = new Map(
    packages.flatMap(({ name, text }) =>
      [...enumTypes(text)].map(([type, list]): [string, string[]] => [`${name}.${type}`, list]),
    ),
  );
  const found = packages.flatMap(({ name, text }) =>
    structFields(text).flatMap(({ struct, field, type }): [string, string[]][] => {
      const list = values.get(qualified(type, name, text));
      return list ? [[`${name}.${struct}.${field}`, list]] : [];
    }),
  );
  return new Map(found);
}

/** Every package with types, as `io.k8s.api.core.v1`, and the text of its hand-written files. */
function goPackages(apiDir: string): { name: string; text: string }[] {
  return readdirSync(apiDir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name === 'types.go')
    .map(entry => {
      const files = readdirSync(entry.parentPath).filter(isHandWritten);
      const text = files.map(file => readFileSync(join(entry.parentPath, file), 'utf8')).join('\n');
      return { name: packageName(relative(apiDir, entry.parentPath)), text };
    });
}

const isHandWritten = (file: string) =>
  file.endsWith('.go') && !file.endsWith('_test.go') && !/^(zz_)?generated/.test(file);

const packageName = (dir: string) => `io.k8s.api.${dir.replaceAll('/', '.')}`;

function enumTypes(text: string): Map<string, string[]> {
  const types = new Map<string, string[]>();
  for (const [, type = ''] of text.matchAll(/\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/g)) {
    const constant = new RegExp(`^(?:\\t|const )\\w+\\s+${type}\\s*=\\s*"(.*)"`, 'gm');
    const values = [...text.matchAll(constant)].map(match => match[1] ?? '');
    if (values.length > 0) types.set(type, [...new Set(values)].sort());
  }
  return types;
}

function structFields(text: string): { struct: string; field: string; type: string }[] {
  return [...text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, struct = '', body = '']) =>
      [...body.matchAll(/^\t\w+\s+[*[\]]*(\w[\w.]*)\s+`.*?json:"([^",]+)/gm)].map(
        ([, type = '', field = '']) => ({ struct, field, type }),
      ),
  );
}

/** Full name of a Go type as a file of `home` writes it. */
function qualified(type: string, home: string, text: string): string {
  const [alias, name] = type.split('.');
  if (name === undefined) return `${home}.${type}`;
  const path = new RegExp(`^\\s*${alias} "k8s\\.io/api/([^"]+)"`, 'm').exec(text)?.[1];
  return path === undefined ? type : `${packageName(path)}.${name}`;
}
