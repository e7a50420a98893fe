import type { EffectReport } from '../../core/actions/reports.ts';
import { notCheckedJson, objectJson, pathJson, write } from './json.ts';

/** The JSON of `driftline render --diff`: what changes in each environment, masked. */
export function effectJson({ environments, since, compared, notCompared }: EffectReport): string {
  return write({
    version: 1,
    command: 'render',
    since,
    environments: environments.map(({ environment, objects, notChecked, ...rest }) => ({
      name: environment,
      protected: rest.protected,
      objects: objects.map(({ object, application, change, fields, diff, liveEdits }) => ({
        object: objectJson(object),
        application,
        change,
        fields: fields.map(({ path, before, after, place, liveEdit }) => ({
          ...{ path, before, after, source: place },
          liveEdit: liveEdit && pathJson(object, liveEdit),
        })),
        diff,
        liveEdits: liveEdits.map(edit => pathJson(object, edit)),
      })),
      notChecked: notChecked.map(notCheckedJson),
    })),
    compared,
    notCompared,
  });
}
