import { afterAll, describe, expect, it } from 'vitest';
import { jsonOf, nodeAt, positionAt } from '../../../src/core/manifests/locate.ts';
import type { RenderedObject } from '../../../src/core/model/rendered.ts';
import { isObject } from '../../../src/core/model/resource.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOf } from './repository.ts';

const judge = new Judge();
afterAll(() => judge.close());

const policy = (validations: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: limits}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
  validations:
    - ${validations}
`;
const binding = (actions: string, more = '') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: all}
spec:
  policyName: limits
  validationActions: [${actions}]
  ${more}
`;
const deployment = (namespace = 'shop') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web${namespace === '' ? '' : `\n  namespace: ${namespace}`}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
`;
const few = '{expression: object.spec.replicas <= 3, message: at most 3}';

/** Plain files that nothing renders, or all of them as an environment renders them. */
async function validate(files: Record<string, string>, environment?: string) {
  const index = await indexOf(files);
  const objects = index
    .objects()
    .flatMap(({ resource, file, document, line }): RenderedObject[] => {
      const value = document.root && jsonOf(document.root);
      const parsed = index.file(file)?.parsed;
      if (!isObject(value) || !parsed) return [];
      const source = { file, line, column: 1 };
      const locate: RenderedObject['locate'] = pointer => {
        const node = nodeAt(document.root, pointer);
        const place = node ? { file, ...positionAt(parsed, node.start) } : source;
        return { ...place, how: 'exact', via: [] };
      };
      return [{ resource, value, source, locate }];
    });
  const set = {
    environment: environment ?? '',
    target: '1.36',
    objects,
    reads: Object.keys(files),
  };
  const rendered = environment === undefined ? [] : [set];
  const { findings, notChecked } = await validateRepository({
    index,
    rendered,
    target: '1.36',
    judge,
  });
  return {
    findings: findings
      .filter(({ rule }) => rule === 'admission-policy')
      .map(({ file, line, severity, message, related = [] }) => ({
        at: `${file}:${line}`,
        severity,
        message,
        related: related.map(each => `${each.file}:${each.line}`),
      })),
    notChecked: notChecked.map(({ reason }) => reason).filter(reason => /policy/.test(reason)),
  };
}

describe('a policy', () => {
  it('is told on the field that it asks about, with its validation', async () => {
    const files = {
      'policies/limits.yaml': policy(few),
      'policies/all.yaml': binding('Deny'),
      'web.yaml': deployment(),
    };
    expect((await validate(files, 'production')).findings).toEqual([
      {
        at: 'web.yaml:7',
        severity: 'error',
        message: 'The policy limits (binding all) refuses this: at most 3.',
        related: ['policies/limits.yaml:8'],
      },
    ]);
  });

  it('warns and records as its binding says', async () => {
    const files = { 'p.yaml': policy(few), 'b.yaml': binding('Warn'), 'w.yaml': deployment() };
    expect((await validate(files)).findings.map(each => each.severity)).toEqual(['warning']);
    const audit = { ...files, 'b.yaml': binding('Audit') };
    expect((await validate(audit)).findings.map(each => each.severity)).toEqual(['information']);
  });

  it('is told on the first line where it asks about nothing in particular', async () => {
    const files = {
      'p.yaml': policy("{expression: 'false', message: never}"),
      'b.yaml': binding('Deny'),
      'w.yaml': deployment(),
    };
    expect((await validate(files)).findings.map(({ at }) => at)).toEqual(['w.yaml:1']);
  });

  it('that nothing deploys is about the objects of its folder', async () => {
    const files = {
      'a/p.yaml': policy(few),
      'a/b.yaml': binding('Deny'),
      'a/apps/w.yaml': deployment(),
      'z/w.yaml': deployment(),
    };
    expect((await validate(files)).findings.map(({ at }) => at)).toEqual(['a/apps/w.yaml:7']);
  });

  it('is not checked where only the cluster knows', async () => {
    const asks = '{expression: \'authorizer.group("").resource("pods").check("get").allowed()\'}';
    const files = { 'p.yaml': policy(asks), 'b.yaml': binding('Deny'), 'w.yaml': deployment() };
    const { findings, notChecked } = await validate(files);
    expect(findings).toEqual([]);
    expect(notChecked).toEqual([
      'the policy limits was not asked: it asks what a user may do, which only the cluster knows',
    ]);
  });

  it('is not checked where the namespace decides and nobody says it', async () => {
    const asks = '{expression: request.namespace != "default", message: not there}';
    const files = { 'p.yaml': policy(asks), 'b.yaml': binding('Deny'), 'w.yaml': deployment('') };
    const { findings, notChecked } = await validate(files);
    expect(findings).toEqual([]);
    expect(notChecked).toHaveLength(1);
    expect((await validate({ ...files, 'w.yaml': deployment('default') })).findings).toHaveLength(
      1,
    );
  });

  it('takes its parameters and namespaces from the repository', async () => {
    const limited = policy(
      "{expression: 'object.spec.replicas <= int(params.data.max)', message: too many}",
    ).replace('spec:\n', 'spec:\n  paramKind: {apiVersion: v1, kind: ConfigMap}\n');
    const reference = 'paramRef: {name: limits, parameterNotFoundAction: Deny}';
    const config =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits, namespace: shop}\ndata: {max: '3'}\n";
    const files = {
      'p.yaml': limited,
      'b.yaml': binding('Deny', reference),
      'w.yaml': deployment(),
    };
    expect((await validate({ ...files, 'c.yaml': config })).findings).toHaveLength(1);
    const { findings, notChecked } = await validate(files);
    expect(findings).toEqual([]);
    expect(notChecked.join()).toContain('the ConfigMap limits');
  });
});
