import type { IgnoreRule } from '../model/drift.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Judge } from '../upstream/judge.ts';
import type { KnownOwners } from './owners/profile.ts';
import type { Deployer } from './owners/tracking.ts';
import type { KnownTypeField } from './prepare/known-types.ts';

/** One object to compare: what git says and what runs. */
export interface DriftInput {
  /** Identity, with the namespace filled in. */
  resource: Resource;
  /** As rendered. */
  desired: JsonObject;
  /** Full, with managedFields; undefined when the cluster answered that there is none. */
  live: JsonObject | undefined;
  /** Why live is not known: the object is then *not checked*. */
  notChecked?: string;
  /** What a missing object waits for, such as the definition of its kind. */
  pending?: string;
  owners: KnownOwners;
  deployer?: Deployer;
  /** The object in the previous Helm release (csa3). */
  previous?: JsonObject;
  ignore: readonly IgnoreRule[];
  /** Paths whose value differs with every render, such as a generated password. */
  volatile?: readonly string[];
  /** Paths whose value is not known, as it is encrypted. */
  sealed?: readonly string[];
  /** Paths whose value a Secret made. */
  sensitive?: readonly string[];
  /** Values of Secrets that the object was rendered with. */
  secrets?: readonly string[];
  /** True when `${x}` is plain text: Flux's substitution is done or not asked for. */
  substituted?: boolean;
  /** Argo CD's `resource.compareoptions`, where they are known. */
  argo?: {
    ignoreStatus?: boolean;
    ignoreAggregatedRules?: boolean;
    /** `knownTypeFields` of the object's kind: how amounts are spelled there does not count. */
    knownTypes?: readonly KnownTypeField[];
  };
  /** The HorizontalPodAutoscaler or ScaledObject that scales it. */
  scaledBy?: Resource;
  /** What helm-controller does about drift (`driftDetection.mode`); absent where it is not known. */
  correction?: 'enabled' | 'warn' | 'disabled';
  source?: Place;
  /** Said beside the result, such as that another application declares the object too. */
  notes?: readonly string[];
}

export interface CompareOptions {
  /** Undefined when the program is not here: what is not proven is then *not checked*. */
  judge: Pick<Judge, 'apply'> | undefined;
  schemas: Schemas;
  /** Kubernetes minor version of the cluster, such as `1.33`. */
  target: string;
  signal?: AbortSignal;
}
