/**
 * The fields of Chart.yaml and of its parts, by Helm's own types (helm.sh/helm/v4 v4.2.4); made by
 * `upstream/renderer/internal/helm/fields_test.go`. Types are written as in Go.
 */
export const chartTypes: Record<string, Record<string, string>> = {
  Dependency: {
    alias: 'string',
    condition: 'string',
    enabled: 'bool',
    'import-values': '[]any',
    name: 'string',
    repository: 'string',
    tags: '[]string',
    version: 'string',
  },
  Maintainer: {
    email: 'string',
    name: 'string',
    url: 'string',
  },
  Metadata: {
    annotations: 'map[]string',
    apiVersion: 'string',
    appVersion: 'string',
    condition: 'string',
    dependencies: '[]Dependency',
    deprecated: 'bool',
    description: 'string',
    home: 'string',
    icon: 'string',
    keywords: '[]string',
    kubeVersion: 'string',
    maintainers: '[]Maintainer',
    name: 'string',
    sources: '[]string',
    tags: 'string',
    type: 'string',
    version: 'string',
  },
};
