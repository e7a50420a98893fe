/**
 * One commit of the demo repository. Files come from `scripts/demo/fixtures/repository`, which is
 * the last state.
 */
export interface Step {
  message: string;
  author: string;
  /** ISO 8601; fixed, so that commit ids are the same each time. */
  date: string;
  /** Files and folders that appear, as they are at the end but for `before`. */
  add?: readonly string[];
  /** File, text at the end, text at this commit. */
  before?: readonly (readonly [file: string, last: string, then: string])[];
  /** Files that get their last text. */
  finish?: readonly string[];
  /** Files of other text, later removed. */
  text?: Readonly<Record<string, string>>;
  remove?: readonly string[];
}

const mara = 'Mara Lindqvist <mara@shop.example>';
const tom = 'Tom Okafor <tom@shop.example>';
const production = 'apps/web/overlays/production/kustomization.yaml';
const staging = 'apps/web/overlays/staging/kustomization.yaml';

const maintenancePage = `apiVersion: v1
kind: ConfigMap
metadata:
  name: web-maintenance
  namespace: shop
  labels:
    app.kubernetes.io/part-of: shop
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
data:
  index.html: |
    <h1>We are moving house and back at noon.</h1>
`;

export const history: readonly Step[] = [
  {
    message: 'Start Flux on staging and production',
    author: mara,
    date: '2026-01-12T09:04:11+01:00',
    add: ['README.md', 'clusters/staging/flux-system', 'clusters/production/flux-system'],
  },
  {
    message: 'web: deploy it to both environments',
    author: mara,
    date: '2026-01-13T16:20:45+01:00',
    add: [
      'apps/web',
      'clusters/staging/namespace.yaml',
      'clusters/staging/web.yaml',
      'clusters/production/namespace.yaml',
      'clusters/production/web.yaml',
    ],
    before: [
      [production, 'newTag: 1.8.2', 'newTag: 1.7.4'],
      [staging, 'newTag: 1.9.0-rc.1', 'newTag: 1.8.0'],
      ['apps/web/overlays/production/replicas.yaml', 'replicas: 3', 'replicas: 2'],
    ],
  },
  {
    message: 'api: a chart with values for each environment',
    author: tom,
    date: '2026-01-20T11:37:02+01:00',
    add: ['charts/api', 'clusters/staging/api.yaml', 'clusters/production/api.yaml'],
    before: [['charts/api/values-staging.yaml', 'tag: 2.4.0-rc.2', 'tag: 2.3.1']],
  },
  {
    message: 'web: a maintenance page for the move, to be kept by Flux',
    author: tom,
    date: '2026-02-02T18:55:30+01:00',
    text: { 'apps/web/overlays/production/maintenance.yaml': maintenancePage },
    before: [
      [production, 'newTag: 1.8.2', 'newTag: 1.7.4'],
      [production, '  - ../../base\n', '  - ../../base\n  - maintenance.yaml\n'],
    ],
  },
  {
    message: 'web: three replicas in production',
    author: mara,
    date: '2026-02-09T10:12:48+01:00',
    finish: ['apps/web/overlays/production/replicas.yaml'],
  },
  {
    message: 'web: the move is over, no maintenance page any more',
    author: tom,
    date: '2026-02-16T08:30:05+01:00',
    remove: ['apps/web/overlays/production/maintenance.yaml'],
    before: [[production, 'newTag: 1.8.2', 'newTag: 1.8.1']],
  },
  {
    message: 'web: 1.8.2 in production',
    author: mara,
    date: '2026-03-03T14:41:19+01:00',
    finish: [production],
  },
  {
    message: 'Try web 1.9 and api 2.4 in staging',
    author: tom,
    date: '2026-03-10T09:58:57+01:00',
    finish: [staging, 'charts/api/values-staging.yaml'],
  },
  {
    message: 'Compare the clusters with Driftline',
    author: mara,
    date: '2026-03-11T13:05:26+01:00',
    add: ['driftline.yaml', '.gitignore'],
  },
];
