import { jsonOf, nodeAt, positionAt } from '../../../../src/core/manifests/locate.ts';
import type { RepositoryIndex } from '../../../../src/core/manifests/repository-index.ts';
import type { Application, EngineId, Environment } from '../../../../src/core/model/environment.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Pointer } from '../../../../src/core/model/path.ts';
import type { Provenance, RenderedObject } from '../../../../src/core/model/rendered.ts';
import { isObject } from '../../../../src/core/model/resource.ts';
import { type RenderedSet, validateRepository } from '../../../../src/core/validate/validate.ts';
import { indexOf } from '../repository.ts';

export interface Deployed {
  name?: string;
  files: Record<string, string>;
  engine?: EngineId;
  /** How the files are deployed; `kustomize` where absent. */
  by?: 'kustomize' | 'plain';
  /** Files of each application; one of all files where absent. */
  applications?: Record<string, string[]>;
  /** Changes what is rendered: an application that failed, an environment with open questions. */
  change?: (sets: RenderedSet[], environment: Environment) => void;
}

/** Validates files as an environment's applications deploy them, each as it is written. */
export async function findingsOf(deployed: Deployed): Promise<Finding[]> {
  const { files, engine = 'apply', by = 'kustomize', change, name = 'production' } = deployed;
  const index = await indexOf(files);
  const applications = deployed.applications ?? { shop: Object.keys(files) };
  const sets = Object.entries(applications).map(
    ([application, reads]): RenderedSet => ({
      environment: name,
      application,
      source: by === 'plain' ? { kind: by, path: '', recurse: true } : { kind: by, path: '' },
      target: '1.33',
      reads,
      objects: reads.flatMap(file => objectsOf(index, file)),
    }),
  );
  const environment = environmentOf(name, engine, Object.keys(applications));
  change?.(sets, environment);
  const { findings } = await validateRepository({
    index,
    rendered: sets,
    environments: [environment],
    target: '1.33',
  });
  return findings;
}

function environmentOf(name: string, engine: EngineId, applications: string[]): Environment {
  const origin = { file: '', line: 1, column: 1 };
  return {
    name,
    engine,
    cluster: { kind: 'none', reason: 'none was chosen' },
    namespace: 'default',
    protected: false,
    origin,
    ignore: [],
    unresolved: [],
    applications: applications.map(
      (application): Application => ({
        name: application,
        engine,
        source: { kind: 'kustomize', path: '' },
        owner: { mode: 'ssa', manager: 'kubectl' },
        dependsOn: [],
        origin,
        ignore: [],
      }),
    ),
  };
}

function objectsOf(index: RepositoryIndex, path: string): RenderedObject[] {
  const file = index.file(path);
  if (!file) throw new Error(`${path} is not there`);
  return file.objects.flatMap(({ resource, document, line }) => {
    const { root } = document;
    const value = root && jsonOf(root);
    if (!root || !isObject(value)) return [];
    const locate = (pointer: Pointer): Provenance => {
      const node = nodeAt(root, pointer) ?? root;
      return { file: path, ...positionAt(file.parsed, node.start), how: 'exact', via: [] };
    };
    return [{ resource, value, source: { file: path, line, column: 1 }, locate }];
  });
}
