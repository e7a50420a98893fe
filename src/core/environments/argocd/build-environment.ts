import { textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { DeployedObject } from '../context.ts';

/** A text with the variables of Argo CD's build environment filled in, or why that cannot be done. */
export type Substituted = { text: string } | { reason: string };

/**
 * Fills in the variables that Argo CD sets for each source (argo-cd v3.5.7, newEnv and Env.Envsubst; as Go's
 * os.Expand): an unknown one is empty, `$$` a dollar sign. The commit differs each time, so nothing can be said
 * of what holds it.
 */
export function buildEnvironment(
  { resource, value }: DeployedObject,
  source: JsonObject,
): (text: string) => Substituted {
  const variables: Record<string, string | undefined> = {
    ARGOCD_APP_NAME: resource.name,
    ARGOCD_APP_NAMESPACE: textAt(value, 'spec', 'destination', 'namespace'),
    ARGOCD_APP_PROJECT_NAME: textAt(value, 'spec', 'project'),
    ARGOCD_APP_SOURCE_REPO_URL: textAt(source, 'repoURL'),
    ARGOCD_APP_SOURCE_PATH: textAt(source, 'path'),
    ARGOCD_APP_SOURCE_TARGET_REVISION: textAt(source, 'targetRevision'),
    $: '$',
  };
  return text => {
    let commit: string | undefined;
    const filled = text.replace(reference, (_, special, braced, character, word) => {
      const name: string = special ?? braced ?? character ?? word ?? '';
      if (/^ARGOCD_APP_REVISION/.test(name)) commit = name;
      return variables[name] ?? '';
    });
    return commit === undefined
      ? { text: filled }
      : { reason: `it holds $${commit}, which is another with every commit` };
  };
}

/** `${$}`, `${NAME}`, `$1` and `$NAME`; a brace that is not closed stands for nothing. */
const reference = /\$(?:\{([*#$@!?\-0-9])\}|\{([^}]*)\}|\{|([*#$@!?\-0-9])|(\w+))/g;
