import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverEnvironments } from '../../../src/core/environments/discover.ts';
import { filesBelow, repositoryOf, startRenderer } from '../render/harness.ts';
import { indexOfFolder, named, summary } from './repository.ts';

const corpus = join(import.meta.dirname, '../../../../shared/corpus');

describe.skipIf(!process.env.CI && !existsSync(corpus))(
  'environments of public repositories',
  () => {
    const discoverIn = async (name: string, remotes: string[] = []) =>
      discoverEnvironments({ index: await indexOfFolder(join(corpus, name)), remotes });

    it('are found in each, with names and applications that differ', async () => {
      for (const name of readdirSync(corpus)) {
        const { environments, problems } = await discoverIn(name);
        expect([name, environments.length > 0, problems]).toEqual([name, true, []]);
        const names = environments.map(environment => environment.name);
        expect([name, new Set(names).size]).toEqual([name, names.length]);
        for (const { applications } of environments) {
          const own = applications.map(application => application.name);
          expect([name, new Set(own).size]).toEqual([name, own.length]);
          expect(own).not.toContain('');
        }
      }
    });

    it('are the two clusters of flux2-kustomize-helm-example, through its artifacts', async () => {
      const found = await discoverIn('fluxcd+flux2-kustomize-helm-example');
      expect(found.environments.map(({ name }) => name)).toEqual(['production', 'staging']);
      expect(summary(named(found, 'staging'))).toEqual(
        expect.arrayContaining([
          'flux-system kustomize clusters/staging',
          'infra-controllers kustomize infrastructure/controllers',
          'infra-configs kustomize infrastructure/configs',
          'apps kustomize apps/staging',
        ]),
      );
      const apps = named(found, 'staging').applications.find(({ name }) => name === 'apps');
      expect(apps?.dependsOn).toEqual(['infra-configs']);
    });

    it('leave a tenant of another branch unresolved in flux2-multi-tenancy', async () => {
      const found = await discoverIn('fluxcd+flux2-multi-tenancy');
      expect(summary(named(found, 'production'))).toContain('tenants kustomize tenants/production');
      const tenant = named(found, 'production').applications.find(
        ({ name }) => name === 'dev-team',
      );
      expect(tenant?.source.kind).toBe('unresolved');
    });

    it('reach all Kustomizations of home-ops from one cluster', async () => {
      const found = await discoverIn('onedr0p+home-ops');
      expect(found.environments).toHaveLength(1);
      expect(found.environments[0]?.applications.length).toBeGreaterThan(70);
    });

    it('are the overlays and values of podinfo', async () => {
      const { environments } = await discoverIn('stefanprodan+podinfo');
      expect(environments.map(({ name }) => name).sort()).toEqual([
        'dev',
        'prod',
        'production',
        'staging',
      ]);
    });

    it("are the destinations of argo-cd's examples, where its address is known", async () => {
      const { program, resident } = startRenderer();
      const root = join(corpus, 'argoproj+argo-cd');
      const found = await discoverEnvironments({
        index: await indexOfFolder(root),
        remotes: ['git@github.com:argoproj/argo-cd.git'],
        expand: async request => program.expand(repositoryOf(filesBelow(root)), request),
      });
      resident.close();
      expect(found.environments.map(({ name }) => name)).toContain('in-cluster');
      expect(summary(named(found, 'in-cluster'))).toContain(
        'engineering-dev-guestbook plain applicationset/examples/list-generator/guestbook/engineering-dev',
      );
    });
  },
);
