import { faultsOf, renderedFrom } from './answer.ts';
import { kustomizationFile } from './kustomization-file.ts';
import { kustomizeFailure } from './kustomize-failure.ts';
import { emptyRender, type Renderer } from './renderer.ts';

/** A kustomization, built by kustomize's own library; for Flux and Argo CD as they build it. */
export const kustomize: Renderer = {
  id: 'kustomize',
  canRender: source => source.kind === 'kustomize',
  async render(source, { repository, program, trace, text, origin, signal }) {
    if (source.kind !== 'kustomize') return emptyRender();
    const { path, flux, argocd } = source;
    const request = { path, flux, argo: argocd, origin, trace, text };
    const answer = await program.render('kustomize', repository, request, signal);
    const place = { file: kustomizationFile(repository, path), line: 1, column: 1 };
    const rendered = await renderedFrom(answer, place, repository);
    if (answer.failure)
      rendered.failure = {
        ...(await kustomizeFailure(answer.failure.message, path, repository)),
        ...faultsOf(answer, 'kustomize'),
      };
    return rendered;
  },
};
