import type { ChartReference } from '../model/environment.ts';

/**
 * True for names that may become part of a file's name: what a repository's files say must not choose a place
 * on the disk.
 */
export function isFileName(text: string): boolean {
  return /^[\w][\w.+-]*$/.test(text) && !text.includes('..') && text.length <= 200;
}

/** True for one version, in full; everything else is a range of them or a name that can move. */
export function isFullVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(version);
}

/** The address as it is compared: without the slashes at its end. */
export function sameAddress(a: string, b: string): boolean {
  return withoutSlash(a) === withoutSlash(b);
}

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** `podinfo-6.5.0.tgz`. */
export function archiveName({ name }: Pick<ChartReference, 'name'>, version: string): string {
  return `${name}-${version}.tgz`;
}
