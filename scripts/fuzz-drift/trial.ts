import { anyType } from '../../src/core/drift/typed-path.ts';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import { Random } from '../lib/random.ts';
import { chance, seedOf } from './chance.ts';
import { mutated } from './mutate.ts';
import { collectionPath } from './server.ts';
import type { Subject } from './subjects.ts';
import { someValue } from './values.ts';

/** One live object that is to be made, and whose it is. Everything random comes from its own generator. */
export interface Trial {
  number: number;
  random: Random;
  subject: Subject;
  profile: OwnerProfile;
  /** The version that the owner writes. */
  apiVersion: string;
  custom: boolean;
  /** A rich manifest with the object's own name. */
  rich: JsonObject;
  /** The same in another version. */
  richIn(apiVersion: string): JsonObject;
  collection: string;
  path: string;
  pathIn(apiVersion: string): string;
}

const managers: Record<string, readonly string[]> = {
  ssa: ['kubectl', 'argocd-controller', 'flux-operator', 'mgr'],
  flux: ['kustomize-controller'],
  csa: ['kubectl-client-side-apply'],
  csa3: ['helm'],
};

/** The trial of a number: the same for the same seed, subjects and modes. */
export function makeTrial(
  seed: number,
  number: number,
  subjects: readonly Subject[],
  modes: readonly string[],
): Trial {
  const random = new Random(seedOf(seed, number));
  const subject = subjects[number % subjects.length] as Subject;
  const mode = random.pick(modes) as OwnerProfile['mode'];
  const profile = { mode, manager: random.pick(managers[mode] ?? ['mgr']) };
  const custom = subject.rich === undefined;
  const apiVersion = custom ? random.pick(subject.apiVersions) : (subject.apiVersions[0] as string);
  const name = nameOf(subject, number);
  const pathIn = (version: string) => collectionPath(version, subject.plural, subject.namespace);
  const richIn = (version: string) => richOf(subject, version, name, random);
  return {
    number,
    random,
    subject,
    profile,
    apiVersion,
    custom,
    rich: richIn(apiVersion),
    richIn,
    collection: pathIn(apiVersion),
    path: `${pathIn(apiVersion)}/${name}`,
    pathIn: version => `${pathIn(version)}/${name}`,
  };
}

/** True for owners that patch what they find, and not by server-side apply. */
export function isClientSide({ profile }: Trial): boolean {
  return profile.mode === 'csa' || profile.mode === 'csa3';
}

export function typeIn({ subject, apiVersion }: Trial): FieldType {
  return subject.types.get(apiVersion) ?? anyType;
}

function richOf(subject: Subject, apiVersion: string, name: string, random: Random): JsonObject {
  const type = subject.types.get(apiVersion) ?? anyType;
  const place: JsonObject =
    subject.namespace === '' ? { name } : { name, namespace: subject.namespace };
  if (subject.rich === undefined) {
    const made = someValue(type, random) as JsonObject;
    const { status: _, ...fields } = made;
    const metadata = { ...place, labels: { a: 'b', c: 'd' }, annotations: { note: 'x' } };
    return { ...fields, apiVersion, kind: subject.kind, metadata };
  }
  const metadata = isObject(subject.rich.metadata) ? subject.rich.metadata : {};
  const rich = withOwnNames({ ...subject.rich, apiVersion, metadata: { ...metadata, ...place } });
  return chance(random, 0.2) ? mutated(rich, type, { random, count: 1 }) : rich;
}

/** Most kinds may have any name; in those of some their own content stands. */
function nameOf({ plural }: Subject, number: number): string {
  if (plural === 'customresourcedefinitions') return `things${number}.fuzz.example.com`;
  return plural === 'apiservices' ? `v1.d${number}.fuzz.example.com` : `d${number}`;
}

/** What a definition or an APIService says of itself must fit its name. */
function withOwnNames(object: JsonObject): JsonObject {
  if (!isObject(object.spec)) return object;
  const name = String((object.metadata as JsonObject).name);
  if (object.kind === 'APIService')
    return { ...object, spec: { ...object.spec, group: name.slice('v1.'.length) } };
  if (object.kind !== 'CustomResourceDefinition') return object;
  const plural = name.split('.')[0] as string;
  const number = plural.slice('things'.length);
  const kind = `Thing${number}`;
  const names = { plural, singular: `thing${number}`, kind, listKind: `${kind}List` };
  return { ...object, spec: { ...object.spec, names } };
}
