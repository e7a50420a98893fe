import type { SyncChange, SyncPlan } from '../../core/actions/plans.ts';
import { resourceText } from '../../core/model/resource.ts';
import { changeText } from '../../core/words/change.ts';
import { plain, table } from '../../core/words/markdown.ts';
import { shortPath } from '../../core/words/short-path.ts';
import { quantity } from '../../core/words/states.ts';

const changeWords: Record<SyncChange['change'], string> = {
  create: 'is created',
  update: 'changes',
  delete: 'is deleted',
  refused: 'is refused by the server',
};

/** `2 objects change, 1 is created, 1 is deleted`; `nothing changes` where the cluster is as the repository says. */
export function planSummary({ changes }: Pick<SyncPlan, 'changes'>): string {
  const count = (change: SyncChange['change']) =>
    changes.filter(found => found.change === change).length;
  const words = [
    count('update') > 0 &&
      `${quantity(count('update'), 'object')} ${count('update') === 1 ? 'changes' : 'change'}`,
    count('create') > 0 && `${count('create')} created`,
    count('delete') > 0 && `${count('delete')} deleted`,
    count('refused') > 0 && `${count('refused')} refused by the server`,
  ].filter(part => part !== false);
  return words.length === 0 ? 'nothing changes' : words.join(', ');
}

/** The whole plan as Markdown: where it goes, what changes in which field, what is not known. */
export function planMarkdown(plan: SyncPlan, title: string): string {
  const { cluster, applications, changes, unchanged, notChecked } = plan;
  const where = [cluster.context, cluster.server, cluster.uid]
    .filter(part => part !== undefined)
    .map(plain)
    .join(' · ');
  const refused = applications.filter(application => application.refused !== undefined);
  return [
    `# ${plain(title)}`,
    `${plain(planSummary(plan))}; ${quantity(unchanged, 'object')} unchanged.`,
    `Cluster: ${where}`,
    ...refused.map(
      ({ name, refused }) => `**${plain(name)}** is left out: ${plain(refused ?? '')}`,
    ),
    changes.length === 0 ? '' : changeTable(changes),
    notChecked.length === 0 ? '' : '## Not checked',
    notChecked
      .map(({ object, reason }) =>
        plain(object === undefined ? reason : `${resourceText(object)}: ${reason}`),
      )
      .map(line => `- ${line}`)
      .join('\n'),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** A line per object, and below it one per field. */
function changeTable(changes: readonly SyncChange[]): string {
  const several = new Set(changes.map(({ application }) => application)).size > 1;
  const rows = changes.flatMap(({ object, change, paths, reason, application }) => {
    const name = `**${plain(resourceText(object))}**${several ? ` (${plain(application)})` : ''}`;
    const words = reason === undefined ? changeWords[change] : `${changeWords[change]}: ${reason}`;
    const fields = paths.map(path => {
      const { desired, live } = changeText(object, path);
      return ['', plain(shortPath(path.path)), plain(live), plain(desired)];
    });
    return [[name, plain(words), '', ''], ...fields];
  });
  return table(['object', 'change', 'runs', 'becomes'], rows);
}
