import { kindText } from '../../links/field.ts';
import { isClusterKind } from '../../links/scope.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { Finding, RelatedPlace } from '../../model/finding.ts';
import { resourceKey, resourceText } from '../../model/resource.ts';
import type { Across, Scope } from '../across.ts';
import { isAside } from '../aside.ts';
import type { RenderedSet } from '../input.ts';
import { rangeAtPlace } from '../places/place.ts';
import { renderedSubject } from '../places/subject.ts';
import { createWorld, type Item } from '../world.ts';

/**
 * One object that is defined twice, whatever the version: by one application, or by two of one cluster. Who renders
 * nothing for a cluster (folders that conventions found) may hold variants of one thing, which are no duplicates.
 * What a build itself refuses is told as its failure.
 */
export const checkIdentities: Across = scope => {
  const { only, environments = [] } = scope.checks.input;
  for (const [name, sets] of scope.sets) {
    const environment = environments.find(each => each.name === name);
    const isOneCluster = environment?.engine === 'flux' || environment?.engine === 'argocd';
    const groups = isOneCluster ? [sets] : sets.map(set => [set]);
    for (const together of groups) {
      if (only !== undefined && !together.some(({ reads }) => reads.includes(only))) continue;
      for (const items of repeated(createWorld(together, environment).items))
        reportRepeated(scope, items);
    }
  }
};

/** Objects that come more than once, with all that make them. */
function repeated(items: readonly Item[]): Item[][] {
  const named = items.filter(({ name }) => name !== '');
  const groups = Map.groupBy(named, item =>
    isClusterKind(kindText(item)) ? `${kindText(item)} ${item.name}` : resourceKey(item),
  );
  return [...groups.values()].filter(group => group.length > 1);
}

function reportRepeated(scope: Scope, items: readonly Item[]): void {
  const [first, ...others] = items;
  if (!first) return;
  for (const [at, item] of others.entries()) {
    const before = items.slice(0, at + 1).findLast(each => isDuplicate(each, item));
    if (before) report(scope, before, item);
  }
}

function isDuplicate(one: Item, other: Item): boolean {
  const isSame = one.set === other.set;
  if (isSame && !isApplied(one.set, one, other)) return false;
  if (isPartial(one) || isPartial(other)) return false;
  // The same text twice is a repetition without effect: a Namespace that every application brings.
  return JSON.stringify(one.value) !== JSON.stringify(other.value);
}

/** Loose manifests of several files may be variants; one file is applied as a whole. */
function isApplied({ source, environment }: RenderedSet, one: Item, other: Item): boolean {
  if (environment === undefined) return source?.kind === 'kustomize';
  return source?.kind !== 'plain' || one.object.source.file === other.object.source.file;
}

/**
 * Flux and Argo CD can be told to apply only a part of an object, or to leave it to others; hooks come and go one
 * after the other.
 */
function isPartial({ value }: Item): boolean {
  const annotations = Object.keys(objectAt(value, 'metadata', 'annotations') ?? {});
  if (annotations.some(key => /^(helm\.sh|argocd\.argoproj\.io)\/hook$/.test(key))) return true;
  const flux = 'kustomize.toolkit.fluxcd.io';
  return (
    textAt(value, 'metadata', 'annotations', `${flux}/ssa`) !== undefined ||
    textAt(value, 'metadata', 'labels', `${flux}/ssa`) !== undefined ||
    textAt(value, 'metadata', 'annotations', `${flux}/reconcile`) === 'disabled' ||
    /ServerSideApply=true/.test(
      textAt(value, 'metadata', 'annotations', 'argocd.argoproj.io/sync-options') ?? '',
    )
  );
}

function report({ checks }: Scope, first: Item, item: Item): void {
  const fileAt = (path: string) => checks.input.index.file(path);
  const subject = renderedSubject(item.object, item.set.environment, fileAt);
  const place = first.object.locate(['metadata', 'name']);
  const { finding, how } = subject.locate({
    rule: 'duplicate-identity',
    severity: 'warning',
    pointer: ['metadata', 'name'],
    on: 'key',
    message: messageOf(first, item, place.file),
  });
  if (isAside(finding.file) || isSamePlace(finding, place)) return;
  const related: RelatedPlace = {
    file: place.file,
    ...rangeAtPlace(fileAt(place.file), place, 'key', false),
    message: `The other ${resourceText(first.object.resource)}.`,
  };
  checks.findings.add({ ...finding, related: [related, ...(finding.related ?? [])] }, how);
}

function isSamePlace(finding: Finding, place: { file: string; line: number }): boolean {
  return finding.file === place.file && finding.line === place.line;
}

function messageOf(first: Item, item: Item, file: string): string {
  const what = resourceText(item.object.resource);
  const version = first.object.resource.version;
  if (first.set !== item.set)
    return `${what} is deployed by ${first.set.application} as well (${file}): each will undo what the other applies, so leave it to one of them.`;
  const asVersion = version === item.object.resource.version ? '' : ` as ${version}`;
  return `${what} is in ${file} already${asVersion}, and the cluster has only one of that name: remove or rename one of the two.`;
}
