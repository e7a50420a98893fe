import { devNull } from 'node:os';
import { join } from 'node:path';
import { buildPart } from './build.ts';
import { applyOn, applyTypes } from './kubectl.ts';
import { parts } from './parts.ts';
import { freePorts, type Started, startTogether } from './processes.ts';
import { asFlags, type ControlPlane } from './start.ts';

export interface Flux {
  /** Where the controllers count as running. */
  namespace: string;
}

/**
 * Starts Flux's kustomize-controller and helm-controller, and `flux/source` in place of
 * source-controller: GitRepository (http or a local path) and HelmChart only. They look after the
 * objects of all namespaces.
 */
export async function startFlux(
  plane: ControlPlane,
  log: (line: string) => void,
): Promise<Started<Flux>> {
  const built = await buildPart(parts.flux, log);
  const namespace = 'flux-system';
  return startTogether('flux', async group => {
    await applyTypes(plane, join(built, 'crds'));
    await applyOn(plane, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    const ports = await freePorts('storage', 'metrics1', 'health1', 'metrics2', 'health2');
    const at = (port: number) => `127.0.0.1:${port}`;
    const env = {
      KUBECONFIG: plane.adminConfig,
      RUNTIME_NAMESPACE: namespace,
      TMPDIR: group.folder,
      // `source` calls git, which the person who runs the tests may have set up otherwise.
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CONFIG_NOSYSTEM: '1',
    };
    const launch = (name: string, flags: Record<string, string>) =>
      group.launchGuarded(name, join(built, name), asFlags(flags), env);
    launch('source', {
      'storage-path': group.at('artifacts'),
      'storage-addr': at(ports.storage),
    });
    const common = {
      'watch-all-namespaces': 'true',
      'enable-leader-election': 'false',
      'requeue-dependency': '2s',
      'kube-api-qps': '200',
      'kube-api-burst': '400',
    };
    launch('kustomize-controller', {
      ...common,
      'metrics-addr': at(ports.metrics1),
      'health-addr': at(ports.health1),
    });
    launch('helm-controller', {
      ...common,
      'metrics-addr': at(ports.metrics2),
      'health-addr': at(ports.health2),
      'graceful-shutdown-timeout': '2s',
    });
    await group.answers('source', `http://${at(ports.storage)}/`);
    await group.answers('kustomize-controller', `http://${at(ports.health1)}/readyz`);
    await group.answers('helm-controller', `http://${at(ports.health2)}/readyz`);
    return { namespace };
  });
}
