import { argocdDirectory } from './argocd-directory.ts';
import { helm } from './helm.ts';
import { kustomize } from './kustomize.ts';
import { plain } from './plain.ts';
import type { Renderer } from './renderer.ts';
import { unresolved } from './unresolved.ts';

/** All kinds of sources. To add one, write its file and name it here. */
export const renderers: readonly Renderer[] = [plain, argocdDirectory, kustomize, helm, unresolved];
