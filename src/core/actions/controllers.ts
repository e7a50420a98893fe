import type { Cluster } from '../cluster/cluster.ts';
import { readLive } from '../cluster/live.ts';
import type { Application, Environment } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';

/** The engines' own objects by the names of their applications, as far as they can be read. Rejects only when aborted. */
export async function controllersOf(
  environment: Environment,
  applications: readonly Application[],
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<Map<string, JsonObject>> {
  const resources = applications.flatMap(({ controller }) => controller ?? []);
  if (resources.length === 0) return new Map();
  const live = await readLive(cluster, resources, environment.namespace, signal);
  return new Map(
    applications.flatMap(({ name, controller }) => {
      const found = controller && live.find(controller);
      return found?.ok && found.object ? [[name, found.object] as const] : [];
    }),
  );
}
