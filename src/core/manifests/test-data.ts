import { folderOf, foldersAbove } from './paths.ts';

/** Folders whose files are there for tests: broken on purpose, parts of objects, expected results. */
const testFolder =
  /^(_?testdata|_?fixtures|__(fixtures|tests)__|test[-_]?(data|fixtures|cases)|tests|e2e([-_]tests?)?|integration[-_]tests?|conformance|chainsaw|kuttl|golden(s|[-_]files)?)$/i;

/** Folders beside which `test` is a stage on the way to production. */
const stage =
  /^(prod(uction)?|prd|stag(e|ing)|stg|dev(elopment)?|qa|uat|acc(eptance)?|live|preprod)\b/i;

const known = new WeakMap<object, ReadonlySet<string>>();

/**
 * True for files of folders that hold test data: no cluster will ever see them. `test` is a folder of tests only where
 * no other stages are beside it. `files` are all files of the repository; what is made of them is kept with the list.
 */
export function isTestData(path: string, files: readonly { path: string }[]): boolean {
  const folders = folderOf(path).split('/');
  if (folders.some(folder => testFolder.test(folder))) return true;
  const at = folders.indexOf('test');
  if (at < 0 || folders.length === at + 1) return false;
  const above = known.get(files) ?? foldersWithStages(files);
  known.set(files, above);
  return !above.has(folders.slice(0, at).join('/'));
}

function foldersWithStages(files: readonly { path: string }[]): Set<string> {
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  return new Set(
    [...folders].filter(folder => stage.test(folder.split('/').at(-1) ?? '')).map(folderOf),
  );
}
