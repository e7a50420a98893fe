/**
 * The part of JSON Schema that driftline.yaml needs; `schema-check.ts` checks it and editors
 * understand it.
 */
export interface Schema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  type: 'object' | 'array' | 'string' | 'boolean' | 'integer';
  properties?: Record<string, Schema>;
  required?: readonly string[];
  /** What other fields hold; false: there are none. */
  additionalProperties?: false | Schema;
  items?: Schema;
  enum?: readonly (string | number)[];
  pattern?: string;
  minLength?: number;
  minItems?: number;
  /** At least one of these groups of fields. */
  anyOf?: readonly { required: readonly string[] }[];
  /** Exactly one of these groups of fields. */
  oneOf?: readonly { required: readonly string[] }[];
}

const ignoreRule: Schema = {
  description: 'Differences that are left out on purpose.',
  type: 'object',
  properties: {
    group: { description: 'API group, `*` for any part; all groups when absent.', type: 'string' },
    kind: { description: 'Kind, `*` for any part.', type: 'string' },
    namespace: { description: 'Namespace, `*` for any part.', type: 'string' },
    name: { description: 'Name, `*` for any part.', type: 'string' },
    jsonPointers: {
      description:
        'RFC 6901 pointers into the object, such as `/spec/replicas`; an empty one is the whole object.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^(/.*)?$' },
    },
    jqPathExpressions: {
      description:
        'jq paths into the object, such as `.spec.containers[] | select(.name == "a").image`.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1 },
    },
    managedFieldsManagers: {
      description: 'Field managers whose changes are left out.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1 },
    },
  },
  anyOf: [
    { required: ['jsonPointers'] },
    { required: ['jqPathExpressions'] },
    { required: ['managedFieldsManagers'] },
  ],
  additionalProperties: false,
};

const ignore: Schema = {
  description:
    'Differences that are left out on purpose; each report says which rule left out what.',
  type: 'array',
  items: ignoreRule,
};

const environment: Schema = {
  type: 'object',
  properties: {
    name: { description: 'The name of the environment.', type: 'string', minLength: 1 },
    source: {
      description: 'What is rendered; discovered when absent.',
      type: 'object',
      properties: {
        path: {
          description:
            'A folder of the repository: Flux, Argo CD, kustomize, Helm or plain manifests.',
          type: 'string',
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
    cluster: {
      description:
        'What it is compared with: a cluster by its kubeconfig context, or a snapshot file.',
      type: 'object',
      properties: {
        context: {
          description: 'Name of a context in the kubeconfig.',
          type: 'string',
          minLength: 1,
        },
        uid: {
          description:
            'UID of the namespace kube-system, which pins the context to that one cluster.',
          type: 'string',
          minLength: 1,
        },
        snapshot: {
          description:
            'File that `kubectl get -o yaml --show-managed-fields` or `driftline snapshot` wrote.',
          type: 'string',
          minLength: 1,
        },
      },
      oneOf: [{ required: ['context'] }, { required: ['snapshot'] }],
      additionalProperties: false,
    },
    namespace: { description: 'For objects that name none.', type: 'string', minLength: 1 },
    kubernetes: {
      description: 'Version such as "1.33", where the cluster cannot be asked.',
      type: 'string',
      pattern: '^v?1\\.[0-9]{1,3}(\\.[0-9]+)?$',
    },
    manager: {
      description: 'Who applies the objects, where it cannot be found.',
      type: 'object',
      properties: {
        mode: {
          description: 'How they are applied: server-side, by Flux, client-side, by Helm 3.',
          type: 'string',
          enum: ['ssa', 'flux', 'csa', 'csa3'],
        },
        name: { description: 'Field manager, such as `kubectl`.', type: 'string', minLength: 1 },
      },
      required: ['mode', 'name'],
      additionalProperties: false,
    },
    protected: {
      description:
        'Writes ask, and name the environment back. True where nothing is said for names such as prod and production.',
      type: 'boolean',
    },
    after: { description: 'The environment before this one in promotion.', type: 'string' },
    ignore,
  },
  required: ['name'],
  additionalProperties: false,
};

const validation: Schema = {
  description: 'What `driftline validate` tells, and as what.',
  type: 'object',
  properties: {
    rules: {
      description:
        'Levels by rule id, such as `no-probes: warning`; `driftline rules` lists the rules and their levels.',
      type: 'object',
      additionalProperties: {
        type: 'string',
        enum: ['off', 'information', 'warning', 'error'],
      },
    },
    ignore: {
      description:
        'Findings that are left out on purpose; each report counts them. Entries that leave nothing out are told.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          rule: { description: 'Rule id.', type: 'string', minLength: 1 },
          paths: {
            description:
              'Folders and files from the root, `*` for any part of a name, `**` for any folders; all when absent.',
            type: 'array',
            minItems: 1,
            items: { type: 'string', minLength: 1 },
          },
          reason: { description: 'Why it is right so.', type: 'string', minLength: 1 },
        },
        required: ['rule', 'reason'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** The schema of driftline.yaml. `media/driftline.schema.json` is this, as a file for editors. */
export const configSchema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'driftline.schema.json',
  title: 'driftline.yaml',
  description: 'What Driftline cannot discover in a GitOps repository.',
  type: 'object',
  properties: {
    version: { description: 'The version of this format.', type: 'integer', enum: [1] },
    environments: { type: 'array', items: environment },
    ignore,
    validate: validation,
    schemas: {
      description:
        'Folders of the repository with schemas of custom resources: CustomResourceDefinitions, or JSON Schemas as group/kind_version.json. Addresses of mirrors are a setting of the person.',
      type: 'array',
      items: { type: 'string', pattern: '^(?![/\\\\])(?!.*:)(?!(.*/)?\\.\\.(/|$)).+$' },
    },
  },
  required: ['version'],
  additionalProperties: false,
};
