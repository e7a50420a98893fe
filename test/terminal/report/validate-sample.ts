import type { ValidateReport } from '../../../src/core/actions/reports.ts';
import { object } from './sample.ts';

const web = object('apps/v1', 'Deployment', 'shop/web');

/** The texts that the findings below are about. */
export const sources: Record<string, readonly string[]> = {
  'apps/web/deployment.yaml': [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    '  name: web',
    'spec:',
    '  replicas: "3"',
    '  template:',
    '    spec:',
    '      containers:',
    '      - name: 応用',
    '        prots:',
    '        - containerPort: 80',
    `        command: [${'"sleep", '.repeat(20)}"1"]`,
  ],
  'apps/web/secret.yaml': ['kind: Secret', 'stringData:', '  password: "hunter2'],
  'base/crlf.yaml': ['a:\tb\u0000'],
};

export const findings: ValidateReport = {
  elapsedMs: 1234,
  checked: { files: 12, documents: 30, objects: 47 },
  findings: [
    {
      rule: 'unknown-field',
      severity: 'error',
      file: 'apps/web/deployment.yaml',
      line: 11,
      column: 9,
      endLine: 11,
      endColumn: 14,
      message: 'A container has no field "prots"; did you mean "ports"?',
      path: '.spec.template.spec.containers[name="応用"].prots',
      object: web,
      environments: ['production', 'staging'],
    },
    {
      rule: 'wrong-type',
      severity: 'error',
      file: 'apps/web/deployment.yaml',
      line: 6,
      column: 13,
      endLine: 6,
      endColumn: 16,
      message: 'spec.replicas must be an integer, not the string "3".',
      fix: 'Take the quotes away.',
      path: '.spec.replicas',
      object: web,
      environments: [],
      related: [
        {
          file: 'base/values.yaml',
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 9,
          message: 'The chart reads the number here, and writes it in quotes into the object.',
        },
      ],
      mends: [
        {
          title: 'Take the quotes away',
          edits: [
            {
              file: 'apps/web/deployment.yaml',
              line: 6,
              column: 13,
              endLine: 6,
              endColumn: 16,
              text: '3',
            },
          ],
        },
      ],
    },
    {
      rule: 'long-command',
      severity: 'warning',
      file: 'apps/web/deployment.yaml',
      line: 13,
      column: 190,
      endLine: 13,
      endColumn: 193,
      message: 'The last of the arguments is 100% odd: a,b and more\n::error::than that.',
      object: web,
      environments: [],
    },
    {
      rule: 'yaml-syntax',
      severity: 'error',
      file: 'apps/web/secret.yaml',
      line: 3,
      column: 13,
      endLine: 3,
      endColumn: 21,
      message: 'The quoted text does not end.',
      environments: [],
    },
    {
      rule: 'deprecated-api',
      severity: 'information',
      file: 'base/<odd>|[name], ü#1.yaml',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 2,
      message: 'autoscaling/v2beta2 is not served from 1.26 on; use `autoscaling/v2` <now>.',
      object: object('autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'shop/web'),
      environments: ['production'],
    },
  ],
  suppressed: [
    {
      by: 'comment',
      reason: 'The cluster has another range of ports.',
      finding: {
        rule: 'node-port-range',
        severity: 'warning',
        file: 'base/service.yaml',
        line: 9,
        column: 5,
        endLine: 9,
        endColumn: 9,
        message: 'nodePort 8080 is outside the default range 30000-32767.',
        environments: [],
      },
    },
    {
      by: 'driftline.yaml',
      reason: 'The rule is off.',
      finding: {
        rule: 'bad-quantity',
        severity: 'error',
        file: 'base/quota.yaml',
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 9,
        message: 'requests.cpu cannot be read.',
        environments: [],
      },
    },
  ],
  notChecked: [
    {
      reason: 'There is no schema for widgets.example.com/v1 Widget.',
      place: { file: 'base/widget.yaml', line: 1, column: 1 },
      object: object('widgets.example.com/v1', 'Widget', 'shop/a'),
    },
    {
      reason: 'There is no schema for widgets.example.com/v1 Widget.',
      place: { file: 'base/widget.yaml', line: 9, column: 1 },
    },
    { reason: 'The judge could not be started.', environment: 'production' },
  ],
};
