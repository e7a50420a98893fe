import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { KindEntry } from '../../src/core/schemas/compact.ts';

type Lifecycle = Pick<KindEntry, 'introduced' | 'removed' | 'replacement'>;

/** What k8s.io/api says of each `apiVersion Kind`: first minor, minor that dropped it, successor. */
export function readLifecycle(apiDir: string): Map<string, Lifecycle> {
  const found = new Map<string, Lifecycle>();
  for (const file of readdirSync(apiDir, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('zz_generated.prerelease-lifecycle.go')) continue;
    const dir = dirname(relative('.', file));
    const apiVersion = apiVersionOfPackage(join(apiDir, dir), dir);
    const text = readFileSync(join(apiDir, file), 'utf8');
    for (const [, kind, what, body = ''] of text.matchAll(functions)) {
      const key = `${apiVersion} ${kind}`;
      found.set(key, { ...found.get(key), ...lifecycleOf(what, body) });
    }
  }
  return found;
}

const functions = /^func \(in \*(\w+)\) APILifecycle(\w+)\(\).*\{\n\treturn (.*)\n/gm;

function lifecycleOf(what: string | undefined, body: string): Lifecycle {
  const minor = Number(/^1, (\d+)$/.exec(body)?.[1]);
  if (what === 'Introduced' && minor > 0) return { introduced: minor };
  if (what === 'Removed' && minor > 0) return { removed: minor };
  if (what !== 'Replacement') return {};
  const [, group, version, kind] =
    /Group: "(.*?)", Version: "(.*?)", Kind: "(.*?)"/.exec(body) ?? [];
  // One says IngressClassList where it means IngressClass.
  const successor = kind?.replace(/List$/, '');
  return { replacement: `${group === '' ? '' : `${group}/`}${version} ${successor}` };
}

/** The group stands in the package's register.go; its folder gives the version. */
function apiVersionOfPackage(dir: string, path: string): string {
  const group = /GroupName = "(.*)"/.exec(readFileSync(join(dir, 'register.go'), 'utf8'))?.[1];
  const version = path.slice(path.lastIndexOf('/') + 1);
  return group === '' ? version : `${group}/${version}`;
}

/**
 * APIs that are gone from the sources too. Minor in which they were dropped and what follows them, from
 * Kubernetes' deprecation guide and change logs.
 */
export const forgotten: Record<string, Lifecycle> = {
  'apiextensions.k8s.io/v1beta1 CustomResourceDefinition': {
    removed: 22,
    replacement: 'apiextensions.k8s.io/v1 CustomResourceDefinition',
  },
  'apiregistration.k8s.io/v1beta1 APIService': {
    removed: 22,
    replacement: 'apiregistration.k8s.io/v1 APIService',
  },
  'extensions/v1beta1 PodSecurityPolicy': { removed: 16 },
  'policy/v1beta1 PodSecurityPolicy': { removed: 25 },
  'autoscaling/v2beta1 HorizontalPodAutoscaler': {
    removed: 25,
    replacement: 'autoscaling/v2 HorizontalPodAutoscaler',
  },
  'autoscaling/v2beta2 HorizontalPodAutoscaler': {
    removed: 26,
    replacement: 'autoscaling/v2 HorizontalPodAutoscaler',
  },
  'batch/v2alpha1 CronJob': { removed: 21, replacement: 'batch/v1 CronJob' },
  'batch/v2alpha1 ScheduledJob': { removed: 8, replacement: 'batch/v1 CronJob' },
  'settings.k8s.io/v1alpha1 PodPreset': { removed: 20 },
  'auditregistration.k8s.io/v1alpha1 AuditSink': { removed: 19 },
  'admissionregistration.k8s.io/v1alpha1 InitializerConfiguration': { removed: 14 },
  'extensions/v1beta1 ThirdPartyResource': {
    removed: 8,
    replacement: 'apiextensions.k8s.io/v1 CustomResourceDefinition',
  },
  'node.k8s.io/v1alpha1 RuntimeClass': {
    removed: 22,
    replacement: 'node.k8s.io/v1 RuntimeClass',
  },
  'scheduling.k8s.io/v1alpha1 PriorityClass': {
    removed: 22,
    replacement: 'scheduling.k8s.io/v1 PriorityClass',
  },
  ...forgottenRbac('rbac.authorization.k8s.io/v1alpha1'),
};

function forgottenRbac(apiVersion: string): Record<string, Lifecycle> {
  const kinds = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];
  return Object.fromEntries(
    kinds.map(kind => [
      `${apiVersion} ${kind}`,
      { removed: 22, replacement: `rbac.authorization.k8s.io/v1 ${kind}` },
    ]),
  );
}
