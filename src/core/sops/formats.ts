/** What kind of file SOPS made, in the words of its `--input-type`. */
export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary';

/** Every value that SOPS encrypted begins so. */
export const cipherStart = 'ENC[AES256_GCM,';

/**
 * The format of a text that SOPS encrypted, told by what SOPS leaves in it (`sops` with its `mac`); undefined for any
 * other text, such as one that only speaks of SOPS.
 */
export function sopsFormat(text: string): SopsFormat | undefined {
  if (!text.includes(cipherStart)) return undefined;
  if (/^\s*\{/.test(text)) return jsonFormat(text);
  if (/^sops_mac=["']?ENC\[/m.test(text)) return 'dotenv';
  if (/^\[sops\]\s*$/m.test(text)) return 'ini';
  return /^sops:\s*$/m.test(text) && /^\s+["']?mac["']?:\s*["']?ENC\[/m.test(text)
    ? 'yaml'
    : undefined;
}

/** A binary file is a JSON object of one value. */
function jsonFormat(text: string): SopsFormat | undefined {
  try {
    const value = JSON.parse(text);
    if (typeof value?.sops?.mac !== 'string') return undefined;
    const keys = Object.keys(value).filter(key => key !== 'sops');
    return keys.join() === 'data' && typeof value.data === 'string' ? 'binary' : 'json';
  } catch {
    return undefined;
  }
}
