import { emptyRender, type Renderer } from './renderer.ts';

/** What is known to exist and cannot be rendered: nothing, with the reason. */
export const unresolved: Renderer = {
  id: 'unresolved',
  canRender: source => source.kind === 'unresolved',
  async render(source, { origin }) {
    const message = source.kind === 'unresolved' ? source.reason : '';
    return {
      ...emptyRender(),
      failure: { message, place: origin ?? { file: '', line: 1, column: 1 } },
    };
  },
};
