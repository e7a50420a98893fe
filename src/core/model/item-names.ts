/** What Kubernetes' own lists are keyed by: of a list's items the first that all have, each another one, tells them apart. */
export const itemNames = [
  'name',
  'key',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'host',
  'path',
  'ip',
  'type',
];
