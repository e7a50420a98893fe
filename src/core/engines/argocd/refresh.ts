import { textAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import { EngineFailure } from '../target.ts';
import { type Errand, patchApplication, readUntil } from './application.ts';

const refreshRequest = 'argocd.argoproj.io/refresh';

/**
 * Lets Argo CD compare the Application with its source anew, and answers it as it is then. `annotations` are set
 * by the same patch. Throws an EngineFailure when nobody does it.
 */
export async function refreshed(errand: Errand, annotations: JsonObject = {}): Promise<JsonObject> {
  const { target, held, patience } = errand;
  const asked = { ...annotations, [refreshRequest]: 'normal' };
  await patchApplication(target, held, { metadata: { annotations: asked } });
  const deadline = Date.now() + patience.start;
  return readUntil(errand, object => {
    // The controller takes the request away when it is done.
    if (textAt(object, 'metadata', 'annotations', refreshRequest) === undefined) return object;
    if (Date.now() < deadline) return undefined;
    throw new EngineFailure(
      `Argo CD did not look at ${resourceText(held.resource)} in ${patience.start / 1000} s: does its application controller run?`,
    );
  });
}
