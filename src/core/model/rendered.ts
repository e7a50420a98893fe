import type { Pointer } from './path.ts';
import type { JsonObject, Resource } from './resource.ts';
import type { Place } from './source.ts';

/**
 * Where a value came from. exact: the text at that place was checked to hold the value. transformed:
 * the line that says so (prefix, image tag, replica count, generator). template: the template's line.
 * unknown: the nearest known place, not more.
 */
export type ProvenanceKind = 'exact' | 'transformed' | 'template' | 'unknown';

export interface Provenance extends Place {
  how: ProvenanceKind;
  /** The chain that brought it there, such as `overlays/production/kustomization.yaml:9 images`. */
  via: string[];
}

/** An object as an application would apply it. */
export interface RenderedObject {
  resource: Resource;
  value: JsonObject;
  /** Where the object begins in the repository. */
  source: Place;
  /** Paths (`model/path.ts`) whose value differs with every render, such as a generated password. */
  volatile?: string[];
  /** Paths whose value is not known, as SOPS encrypted what makes it. */
  sealed?: string[];
  /** Paths whose value a Secret made (a substitution, Helm values): shown masked wherever it is shown. */
  sensitive?: string[];
  /** Where the value at a pointer (or, if it does not exist, its nearest parent) comes from. */
  locate(pointer: Pointer): Provenance;
  /**
   * Tells the place of every field that has no parts, as `locate` does, all at once. Of a large part that stands as
   * it is in a file only where it begins is told, unless `inside` wants its fields. Absent where asking `locate` for
   * each is as fast.
   */
  places?(
    visit: (pointer: Pointer, place: FieldPlace) => void,
    inside: (file: string) => boolean,
  ): void;
}

/** A `Provenance` whose chain may be empty. */
export type FieldPlace = Omit<Provenance, 'via'> & { via?: readonly string[] };

export interface Rendered {
  objects: RenderedObject[];
  /**
   * Byte for byte what `kustomize build` or `helm template` prints; empty for plain folders, and where it was not
   * asked for.
   */
  text: string;
  /** Repository files that were read: what this render depends on. */
  reads: string[];
  /** Objects that could not be rendered as the engine would: they are *not checked*. */
  notChecked: Uncertain[];
  /** What was written for this render and changes nothing in it; known only where places were asked for. */
  unused?: Unused[];
  /** Set when nothing could be rendered. */
  failure?: RenderFailure;
}

/**
 * A patch that matches no object, an image that none has, what a replacement copies to and is not there, a value that no template reads, an object that a later
 * source replaces.
 */
export interface Unused {
  kind: 'patch' | 'image' | 'target' | 'value' | 'object';
  /** Values path such as `image.tag`, what the patch is for, or the object. */
  name: string;
  place: Place;
}

export interface RenderFailure {
  /** The tool's own error text. */
  message: string;
  /** On the line of the kustomization or chart that fails, as near as it is known. */
  place: Place;
  /** Every entry or line for which it fails; known only where places were asked for. */
  faults?: RenderFault[];
}

/** One cause for which a kustomization or a chart cannot be rendered. */
export interface RenderFault {
  tool: 'kustomize' | 'helm';
  /** The tool's own text. */
  message: string;
  place: Place;
  /** The kustomization's field in which it stands; of a chart's templates and values what goes wrong there. */
  field?: string;
  /** Path of the JSON 6902 operation, or of the value, that fails. */
  path?: string;
  /** Nothing nearer than the file is known. */
  whole?: boolean;
  /** Names that could have been meant in the place of the path's last. */
  known?: string[];
  /** It needs what is not used while rendering: the network, a plug-in, another program. */
  unavailable?: boolean;
  related?: Place[];
}

/** An object, or a part of what is rendered, that may be applied otherwise than is known. */
export interface Uncertain {
  resource?: Resource;
  reason: string;
  place: Place;
  /** Flux' variables that it asks for and nothing sets, where that is the reason. */
  unset?: string[];
}
