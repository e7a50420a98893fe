import type { KnownSchema } from '../../core/actions/schemas.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad, widest } from './columns.ts';
import type { TextOptions } from './text-options.ts';

const origins: Record<KnownSchema['from'], string> = {
  cluster: 'said by the cluster of',
  repository: 'in the repository',
  bundled: 'come with Driftline',
  catalogue: 'in the folder',
};

/** The known custom resources by where they are from, what counts first standing first. */
export function schemasText(known: readonly KnownSchema[], options: TextOptions): string {
  const { bold, dim } = styleFor(options.colour);
  const bySource = Map.groupBy(known, ({ from, source }) =>
    from === 'repository' ? origins.repository : `${origins[from]}: ${source}`,
  );
  const blocks = [...bySource].map(([source, schemas]) => {
    const kinds = [...Map.groupBy(schemas, ({ group, kind }) => `${group} ${kind}`).values()];
    const column = widest(kinds.map(([first]) => first?.kind ?? '')) + 4;
    const lines = kinds.map(versions => {
      const { kind = '', group = '' } = versions[0] ?? {};
      const names = versions.map(({ version }) => version);
      const said = `${group} ${dim([...new Set(names)].join(', '))}`;
      return `  ${pad(printable(kind), column - 2)}${said}`;
    });
    return [bold(printable(source)), ...lines].join('\n');
  });
  const kinds = new Set(known.map(({ group, kind }) => `${group}/${kind}`)).size;
  return `${[...blocks, bold(quantity(kinds, 'kind'))].join('\n\n')}\n`;
}
