import { isPlaceholder, isStandIn } from '../placeholders.ts';
import { containersOf } from './pod-spec.ts';
import type { Rule } from './rule.ts';

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const path = new RegExp(`^${component}(?:/${component})*$`);
const host = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/**
 * The grammar of image names (github.com/distribution/reference), by which the kubelet reads them: others
 * leave the container in `InvalidImageName`. The API server takes them in a pod template.
 */
export function isImageName(image: string): boolean {
  const [, name = '', , digest] =
    /^(.*?)(:[\w][\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9.+_-]*:[0-9a-fA-F]{32,})?$/.exec(image) ?? [];
  if (name === '' || (digest === undefined && image.includes('@'))) return false;
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  if (!isHost) return path.test(name);
  return host.test(first) && path.test(name.slice(slash + 1));
}

/**
 * `ko://…`, which ko builds and replaces; `:v1` of a chart whose values name no repository; `YOUR_REGISTRY/web`, where
 * a person puts something in.
 */
function isUnfinished(image: string): boolean {
  return /^[A-Z]+$|^ko:\/\/|^:|\bYOUR[\]_ -]/.test(image);
}

export const invalidImage: Rule = {
  id: 'invalid-image',
  severity: 'warning',
  title: 'Images have names that a kubelet can read',
  check(object) {
    return containersOf(object).flatMap(({ container, pointer }) => {
      const { image } = container;
      if (typeof image !== 'string' || image === '') return [];
      if (isPlaceholder(image) || isStandIn(image) || isUnfinished(image)) return [];
      if (isImageName(image)) return [];
      const message = `image "${image}" is no image name, which is in lower case and has no blanks; no pod will start with it.`;
      return [{ pointer: [...pointer, 'image'], message }];
    });
  },
};
