import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { readDescriptions } from '../../../src/core/schemas/descriptions.ts';
import {
  type JsonSchema,
  jsonSchemaOf,
  jsonSchemaOfKind,
} from '../../../src/core/schemas/json-schema.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { openStore } from '../../../src/core/schemas/store.ts';
import { readToolTypes } from '../../../src/core/schemas/tools.ts';

const descriptions = readDescriptions();
const schemas = createSchemas({ version: '1.36', bundled: true, store: openStore() });

function schemaOf(group: string, version: string, kind: string, partial = false): JsonSchema {
  const gvk = { group, version, kind };
  const found = schemas.lookup(gvk);
  if (!found.found) throw new Error(found.reason);
  return jsonSchemaOfKind(gvk, schemas.described(gvk) ?? found.kind.type, {
    ...{ descriptions, partial },
  });
}

describe('JSON Schemas for editors', () => {
  it('are JSON Schemas, of every kind that is known', () => {
    const kinds = schemas.kinds();
    expect(kinds.length).toBeGreaterThan(150);
    const ajv = new Ajv({ strict: false });
    for (const { group, version, kind } of kinds) {
      if (!schemas.lookup({ group, version, kind }).found) continue;
      const schema = schemaOf(group, version, kind);
      expect(ajv.validateSchema(schema), `${group}/${version} ${kind}`).toBe(true);
      expect(schema.properties?.kind?.enum).toEqual([kind]);
    }
  });

  it('say what a field is, and what its API says', () => {
    const { definitions } = schemaOf('apps', 'v1', 'Deployment');
    const spec = definitions?.['io.k8s.api.apps.v1.DeploymentSpec']?.properties;
    expect(spec?.selector?.markdownDescription).toMatch(/^`LabelSelector` · required\n\nLabel sel/);
    expect(spec?.replicas?.markdownDescription).toContain('Number of desired pods');
  });

  it('say it of kinds that come with Driftline too', () => {
    const schema = schemaOf('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization');
    const path = schema.properties?.spec?.properties?.path;
    expect(path?.markdownDescription).toContain('Path to the directory');
  });

  it('require nothing of a patch', () => {
    expect(JSON.stringify(schemaOf('apps', 'v1', 'Deployment', true))).not.toContain('"required":');
  });

  it('know every field of a kustomization and of a chart', () => {
    const toolOf = readToolTypes();
    const kustomization = jsonSchemaOf(toolOf('kustomization'), { descriptions, partial: false });
    expect(Object.keys(kustomization.properties ?? {})).toEqual(
      expect.arrayContaining(['resources', 'patches', 'components', 'replacements', 'helmCharts']),
    );
    const chart = jsonSchemaOf(toolOf('chart'), { descriptions, partial: false });
    expect(chart.required).toEqual(['apiVersion', 'name', 'version']);
    expect(chart.properties?.type?.enum).toEqual(['application', 'library']);
  });
});
