import type { EnvironmentState } from '../../core/live/state.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { ageText, minuteText } from '../../core/words/age.ts';
import { causeReason, causeText, whyText } from '../../core/words/causes.ts';
import { changeText, remarks } from '../../core/words/change.ts';
import { table } from '../../core/words/markdown.ts';
import { engineNames, shortRevision } from '../../core/words/names.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { asOfText } from '../../core/words/stale.ts';
import { stateWords } from '../../core/words/states.ts';
import { takeTitle } from '../../lsp/difference-titles.ts';
import { codeSpan, plainText } from '../../lsp/markdown.ts';
import { type EnvironmentNode, type ObjectNode, type Target, targetOf } from './node.ts';
import { countsText, environmentWords } from './words.ts';

/** Writes a link that runs a command on a target. */
export type CommandLink = (title: string, command: string, target: Target) => string;

/** Everything about a node that its line has no room for, as Markdown: tables and lists, then what can be done. */
export function tooltipOf(node: EnvironmentNode, now: Date, link: CommandLink): string | undefined {
  switch (node.kind) {
    case 'environment':
      return environmentTooltip(node.environment, now, link);
    case 'application':
      return applicationTooltip(node, link);
    case 'object':
      return objectTooltip(node, now, link);
    case 'field':
      return fieldTooltip(node, now, link);
    case 'not-checked':
      return plainText(node.entry.reason);
    case 'group':
      return undefined;
  }
}

type Facts = [name: string, value: string | undefined][];

function environmentTooltip(environment: EnvironmentState, now: Date, link: CommandLink): string {
  const { name, cluster, revision, branch, deployed, comparedAt, reason } = environment;
  const read = [branch, shortRevision(revision)].filter(part => part !== undefined).join(', ');
  const behind = deployed?.behind ? `, ${deployed.behind} behind` : '';
  const facts: Facts = [
    ['State', environmentWords(environment, now)],
    [
      'Not current',
      environment.stale && `${asOfText(environment.stale, now)}: ${environment.stale.reason}`,
    ],
    ['Cluster', clusterText(cluster)],
    ['Engine', engineNames[environment.engine]],
    ['Repository', read],
    ['Deployed', deployed && shortRevision(deployed.revision) + behind],
    ['Compared', comparedAt && ageText(comparedAt, now)],
    ['Writes', environment.protected ? 'protected: asked for by its name' : undefined],
    ['Reason', reason],
  ];
  return page(`Environment ${name}`, facts, [
    link('Check Drift', 'driftline.checkDrift', { environment: name }),
    ...(cluster.kind === 'snapshot'
      ? []
      : [link('Choose Cluster…', 'driftline.chooseCluster', { environment: name })]),
  ]);
}

/** What the environment is compared with. */
export function clusterText(cluster: EnvironmentState['cluster']): string {
  if (cluster.kind === 'none') return 'none chosen';
  if (cluster.kind === 'snapshot') {
    return `snapshot ${cluster.file}${cluster.takenAt ? ` of ${minuteText(cluster.takenAt)}` : ''}`;
  }
  return [cluster.context, cluster.server, cluster.version]
    .filter(part => part !== undefined)
    .join(' · ');
}

function applicationTooltip(
  { application, environment }: Extract<EnvironmentNode, { kind: 'application' }>,
  link: CommandLink,
): string {
  const { name, counts, engine, deployed, health, suspended, trouble, origin } = application;
  const target = { environment: environment.name, application: name };
  const facts: Facts = [
    ['State', countsText(counts)],
    ['Engine', engineNames[engine]],
    ['Deployed', deployed && shortRevision(deployed)],
    ['Health', health && [health.status, health.reason].filter(Boolean).join(': ')],
    ['Suspended', suspended ? 'yes' : undefined],
    ['Trouble', trouble],
    ['Declared', placeText(origin)],
  ];
  return page(`Application ${name}`, facts, [link('Roll Back…', 'driftline.rollback', target)]);
}

function objectTooltip(node: ObjectNode, now: Date, link: CommandLink): string {
  const { object, application } = node;
  const facts: Facts = [
    ['State', stateWords[object.state]],
    ['Not current', object.stale && `${asOfText(object.stale, now)}: ${object.stale.reason}`],
    ['Application', application.name],
    [
      'Health',
      object.health && [object.health.status, object.health.reason].filter(Boolean).join(': '),
    ],
    ['Reason', object.reason],
    ['Why', causeText(object.cause)],
    ['Decided by', object.source && placeText(object.source)],
    [
      'Sync',
      object.recreate ? 'the server refuses the change; it must be created anew' : undefined,
    ],
    ['Compared', object.confirmed === 'unconfirmed' ? 'without the server’s dry-run' : undefined],
    ...object.notes.map((note): Facts[number] => ['Note', note]),
  ];
  const compare = link('Compare', 'driftline.compare', targetOf(node));
  return page(resourceText(object.resource), facts, [compare], fieldList(node, now));
}

function fieldTooltip(
  node: Extract<EnvironmentNode, { kind: 'field' }>,
  now: Date,
  link: CommandLink,
): string {
  const { parent, path } = node;
  const { desired, live } = changeText(parent.object.resource, path);
  const facts: Facts = [
    ['Repository', desired],
    ['Running', live],
    ['Why', whyText(path, now)],
    ['More', causeReason(path.cause)],
    ['Decided by', path.source && placeText(path.source)],
    ['Remark', remarks(path, parent.object.resource).join(', ')],
  ];
  const target = targetOf(node);
  const field = { ...target, path: path.path };
  const taken = takeTitle(parent.object.resource, path)?.replace(/ this file$/, ' the file');
  const isLive = parent.environment.cluster.kind === 'context';
  return page(`${path.path.replace(/^\./, '')} of ${resourceText(parent.object.resource)}`, facts, [
    link('Compare', 'driftline.compare', target),
    ...(taken === undefined ? [] : [link(taken, 'driftline.takeLiveValue', field)]),
    ...(isLive ? [link('Restore by Sync…', 'driftline.restoreBySync', target)] : []),
    link('Ignore', 'driftline.ignoreDifference', field),
  ]);
}

/** More than these are read in the comparison. */
const mostFields = 12;

/** A list, since a tooltip is too narrow for a table of long values. */
function fieldList({ object }: ObjectNode, now: Date): string | undefined {
  if (object.paths.length === 0) return undefined;
  const names = shortPaths(object.paths.map(({ path }) => path));
  const lines = object.paths.slice(0, mostFields).map(path => {
    const { desired, live } = changeText(object.resource, path);
    const owners = whyText(path, now);
    const values = `${codeSpan(short(desired))} → ${codeSpan(short(live))}`;
    const by = owners === '' ? '' : ` · ${plainText(owners)}`;
    return `- ${codeSpan(names.get(path.path) ?? path.path)} ${values}${by}`;
  });
  const more = object.paths.length - lines.length;
  return [...lines, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n');
}

function page(title: string, facts: Facts, links: string[], details?: string): string {
  const rows = facts.flatMap(([name, value]) => (value ? [[name, plainText(short(value))]] : []));
  return [`**${plainText(title)}**`, table(['', ''], rows), details, links.join(' · ')]
    .filter(part => part !== undefined && part !== '')
    .join('\n\n');
}

/** A cell is read at a glance; the comparison has the whole. */
function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
