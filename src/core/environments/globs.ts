/** `*` stands for any part of one path segment, `**` for any number of segments, `?` for one character. */
export function matchesGlob(glob: string, path: string): boolean {
  const pattern = glob
    .replace(/^\.?\//, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map(part => {
      if (part.startsWith('**')) return part === '**' ? '.*' : '(?:.*/)?';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(path);
}
