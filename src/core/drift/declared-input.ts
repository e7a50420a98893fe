import { hash } from 'node:crypto';
import type { Found, Live } from '../cluster/live.ts';
import { sentence } from '../lib/sentence.ts';
import { type Application, type Environment, secretValues } from '../model/environment.ts';
import { type JsonObject, resourceKey } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Declared } from './declared.ts';
import type { EngineWords } from './engine-words.ts';
import type { DriftInput } from './input.ts';
import { argoComparison } from './owners/argo-settings.ts';
import { deployerOf, usualOwners } from './owners/deployer.ts';

/** What declared objects of an environment are compared by. */
export interface Compares {
  environment: Environment;
  schemas: Schemas;
  live: Live;
  engines?: EngineWords;
}

/** One declared object with what was found of it. */
export function inputOf(declared: Declared, found: Found, compares: Compares): DriftInput {
  const { resource, object, application } = declared;
  const namespaced = compares.live.namespaced(resource);
  const previous = previousOf(declared, compares);
  return {
    resource: namespaced === false ? { ...resource, namespace: '' } : resource,
    desired: object.value,
    live: found.ok ? found.object : undefined,
    ...circumstances(declared, found, compares),
    ...ofApplication(application, compares),
    ...(previous === undefined ? {} : { previous }),
  };
}

/** The same, with what runs read whenever it is looked at: for all objects at once. */
export function lazyInputOf(declared: Declared, compares: Compares): DriftInput {
  const input = inputOf(declared, { ok: true, object: undefined }, compares);
  const read = () => {
    const found = compares.live.find(declared.resource);
    return found.ok ? found.object : undefined;
  };
  return Object.defineProperty(input, 'live', { get: read, enumerable: true });
}

/** What Helm applied of it last. */
function previousOf({ resource, application }: Declared, { engines }: Compares) {
  return engines?.released(application, resourceKey(resource));
}

function circumstances(declared: Declared, found: Found, { schemas, engines }: Compares) {
  const { resource, object, application, alsoBy } = declared;
  const kind = schemas.lookup(resource);
  // The definition of a custom kind may stand in the same repository and not be applied yet.
  const pending = !found.ok && found.notServed === true && kind.found && !kind.kind.builtin;
  const scaledBy = engines?.scalers.get(resourceKey(resource));
  const argo = engines?.argo && argoComparison(engines.argo, resource);
  const reason = declared.notChecked ?? (found.ok || pending ? undefined : found.reason);
  return {
    ...(reason === undefined ? {} : { notChecked: sentence(reason) }),
    ...(pending ? { pending: 'The definition of its kind is not installed yet.' } : {}),
    volatile: object.volatile,
    sealed: object.sealed,
    sensitive: object.sensitive,
    source: object.source,
    ...(scaledBy === undefined ? {} : { scaledBy }),
    ...(argo === undefined ? {} : { argo }),
    notes: alsoBy.map(name => `${name} declares it too; ${application.name} counts.`),
  };
}

function ofApplication(application: Application, { environment, engines }: Compares) {
  const { source } = application;
  const correction = engines?.correction(application);
  const argo = application.engine === 'argocd' ? engines?.argo : undefined;
  const postBuild = source.kind === 'kustomize' ? source.flux?.postBuild : undefined;
  const secrets = secretValues(source);
  return {
    owners: usualOwners(application),
    deployer: deployerOf(application, argo),
    ignore: [...environment.ignore, ...(argo?.ignore ?? []), ...application.ignore],
    ...(correction === undefined ? {} : { correction }),
    // Undefined where there are none, as for most.
    secrets: secrets.length === 0 ? undefined : secrets,
    substituted: postBuild === undefined,
  };
}

/** All that a result follows from: it counts again as long as this is the same. */
export interface Basis {
  desired: JsonObject;
  /** Of the live object; undefined where its states are not told apart, so that no result counts again. */
  version: string | undefined;
  schemas: Schemas;
  previous: JsonObject | undefined;
  circumstances: string;
}

/** Tells what results of one comparison follow from. */
export class BasisOf {
  readonly #compares: Compares;
  /** What is the same for all objects of an application. */
  readonly #applications = new Map<Application, string>();

  constructor(compares: Compares) {
    this.#compares = compares;
  }

  of(declared: Declared, found: Found): Basis {
    const { schemas, live } = this.#compares;
    const { resource, object, application } = declared;
    const own = [
      resource,
      live.namespaced(resource),
      circumstances(declared, found, this.#compares),
    ];
    return {
      desired: object.value,
      version: found.ok ? (found.version ?? (found.object ? undefined : 'none')) : 'unknown',
      schemas,
      previous: previousOf(declared, this.#compares),
      circumstances: digest(`${this.#ofApplication(application)} ${JSON.stringify(own)}`),
    };
  }

  #ofApplication(application: Application): string {
    const known = this.#applications.get(application);
    if (known !== undefined) return known;
    const text = digest(JSON.stringify(ofApplication(application, this.#compares)));
    this.#applications.set(application, text);
    return text;
  }
}

/** Short, and no Secret's value is kept by it. */
function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** True where a result that followed from the one follows from the other. */
export function isSameBasis(one: Basis | undefined, other: Basis | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.version !== undefined &&
    one.version === other.version &&
    one.desired === other.desired &&
    one.schemas === other.schemas &&
    one.previous === other.previous &&
    one.circumstances === other.circumstances
  );
}
