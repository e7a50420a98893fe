const aside =
  /(^|[\W_])(examples?|samples?|docs?|tests|testdata|e2e|fixtures?|ci|hack|templates?|archived?|deprecated|disabled|hidden)([\W_]|$)/i;

/**
 * True for files in folders that show, test or keep something: what they name may well be nowhere. `test` and `demo`
 * are names of environments, too.
 */
export function isAside(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.some(part => part.startsWith('.') || aside.test(part));
}
