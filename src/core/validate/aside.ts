const aside =
  /(^|[\W_])(examples?|samples?|demos?|docs?|tests?|testing|testdata|e2e|fixtures?|ci|hack|templates?|archived?|deprecated|disabled|hidden)([\W_]|$)/i;

/** True for files in folders that show, test or keep something: what they name may well be nowhere. */
export function isAside(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return folders.some(part => part.startsWith('.') || aside.test(part));
}
