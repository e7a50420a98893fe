import { isPlaceholder, isStandIn } from '../placeholders.ts';
import { containersOf } from './pod-spec.ts';
import type { Rule } from './rule.ts';

/** Without a tag a registry gives `latest`, which is another image tomorrow. */
export const unpinnedImage: Rule = {
  id: 'unpinned-image',
  severity: 'off',
  title: 'Images have a tag or digest that stays',
  check(object) {
    return containersOf(object).flatMap(({ container: { image }, pointer }) => {
      if (typeof image !== 'string' || image === '' || image.includes('@')) return [];
      if (isPlaceholder(image) || isStandIn(image)) return [];
      const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
      if (tag !== undefined && tag !== 'latest') return [];
      const which = tag === undefined ? 'has no tag, which means latest' : 'is whatever is latest';
      const message = `image ${image} ${which}; name the version that shall run.`;
      return [{ pointer: [...pointer, 'image'], message }];
    });
  },
};
