/**
 * True where a version came after another: v1beta1 after v1alpha2, v1 after v1beta1, v2alpha1 after v1. A name of
 * another form is older than all.
 */
export function isNewer(version: string, than: string): boolean {
  return ageOf(version) > ageOf(than);
}

function ageOf(version: string): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stages = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return Number(major) * 1e6 + stages * 1e3 + Number(minor);
}
