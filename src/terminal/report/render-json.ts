import type { RenderReport } from '../../core/actions/render.ts';
import { objectJson, write } from './json.ts';

/** The JSON of `driftline render`: each object with its identity, where it begins, and as it is applied. */
export function renderJson({ objects, failures }: RenderReport): string {
  return write({
    version: 1,
    command: 'render',
    objects: objects.map(({ environment, application, object }) => ({
      environment,
      application,
      object: objectJson(object.resource),
      source: { file: object.source.file, line: object.source.line },
      value: object.value,
    })),
    failures,
  });
}
