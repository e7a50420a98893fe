/** Output formats; each command takes those that fit it. */
export const formats = ['text', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;
export type Format = (typeof formats)[number];

export interface OptionSpec {
  short?: string;
  /** What the value is called in the help; absent for switches. */
  value?: string;
  multiple?: boolean;
  help: string;
}

export interface CommandSpec {
  /** One line for the list of commands. */
  summary: string;
  /** What may follow the options, as the help writes it; absent where nothing may. */
  operands?: string;
  /** How many operands at most. */
  most?: number;
  /** Paragraphs below the usage line. */
  about: string[];
  formats: readonly Format[];
  /** Options of this command only. */
  options: Record<string, OptionSpec>;
  examples: { command: string; says: string }[];
}

/** The options that every command takes. */
export const commonOptions: Record<string, OptionSpec> = {
  repo: {
    short: 'C',
    value: 'DIR',
    help: 'repository (default: the one around the current folder; a folder without git works too)',
  },
  environment: {
    short: 'e',
    value: 'NAME',
    multiple: true,
    help: 'one environment; repeat for more (default: all)',
  },
  revision: { value: 'REV', help: 'read the repository at a revision instead of the working tree' },
  format: { value: 'FORMAT', help: 'how to print the result' },
  output: { short: 'o', value: 'FILE', help: 'write the result to a file' },
  offline: { help: 'open no connection at all' },
  trust: {
    help: 'allow what a repository or kubeconfig may start (exec plugins, exec credentials)',
  },
  quiet: { help: 'print the result only: no progress, no hints' },
  verbose: { help: 'say more: each reason, and what is done' },
  'no-color': { help: 'no colours; NO_COLOR in the environment says the same' },
  version: { help: 'print the version' },
  help: { short: 'h', help: 'print this help' },
};

const strict: OptionSpec = {
  help: 'exit with 3 when nothing was found but something was not checked',
};

/** For what reads schemas; see `core/schemas/folders.ts`. */
const schemas: OptionSpec = {
  value: 'PLACE',
  multiple: true,
  help: 'a folder, or the address of a catalogue, with schemas of custom resources',
};

/** For what compares or checks rendered objects; see `core/sops`. */
const decrypt: OptionSpec = {
  help: 'decrypt what SOPS encrypted, in memory, by the sops on the PATH; needs --trust',
};

/** For every command that proposes a change for review; see `core/forges`. */
export const forge: OptionSpec = {
  value: 'HOST=NAME',
  multiple: true,
  help: 'what runs on a host that is not well-known: github, gitlab or gitea',
};

/** For every command that changes something; see `confirm.ts`. */
export const yes: OptionSpec = {
  help: 'go ahead without asking; a protected environment must be named with -e too',
};

const dryRun: OptionSpec = { help: 'show what would be done, and do nothing' };

/** What the verbs that tell an engine something take. */
const ofApplications = {
  operands: '[APPLICATION]',
  most: 1,
  formats: ['text', 'json'],
  options: { yes, 'dry-run': dryRun },
} as const;

/** The commands, in the order in which one meets them. */
export const commands = {
  environments: {
    summary: 'list the environments, what each deploys and to which cluster',
    about: [
      'Finds the environments of a repository: those of driftline.yaml, of Flux Kustomizations, of Argo CD Applications, of the usual folder layouts. What could not be resolved is listed with the reason.',
    ],
    formats: ['text', 'json'],
    options: {},
    examples: [{ command: 'driftline environments', says: 'what is there' }],
  },
  render: {
    summary: 'print what an environment should run',
    operands: '[PATH]',
    most: 1,
    about: [
      'With PATH, a kustomization or a chart: prints what kustomize build or helm template would print. Without: what the chosen environments should run.',
      'With --diff: what changes in each environment since a revision, such as HEAD: each object and field, before → after, and which of it somebody changed in the cluster, which applying would overwrite. --verbose adds the rendered lines.',
    ],
    formats: ['text', 'json'],
    options: {
      diff: { value: 'REV', help: 'print what the environments run otherwise than at a revision' },
      values: { value: 'FILE', multiple: true, help: 'a values file for a chart; the later wins' },
      release: { value: 'NAME', help: "the chart's release name (default: the chart's name)" },
      namespace: { short: 'n', value: 'NAME', help: "the release's namespace" },
      'kube-version': { value: 'VERSION', help: 'the Kubernetes version that a chart is told' },
      'include-crds': { help: "with the chart's custom resource definitions" },
      decrypt,
    },
    examples: [
      { command: 'driftline render overlays/production', says: 'one kustomization' },
      { command: 'driftline render charts/web --values prod.yaml', says: 'one chart' },
      { command: 'driftline render -e production', says: 'all of it' },
      { command: 'driftline render --diff HEAD', says: 'what my changes do' },
    ],
  },
  trace: {
    summary: 'say where a rendered field comes from, and what a line reaches',
    operands: '[PATH | KIND/NAME | FILE:LINE]',
    most: 1,
    about: [
      'With a folder or an object: where each rendered field comes from, by file and line. With FILE:LINE the reverse: which objects of which environments that line decides.',
    ],
    formats: ['text', 'json'],
    options: {},
    examples: [
      {
        command: 'driftline trace Deployment/web -e production',
        says: 'where its fields come from',
      },
      { command: 'driftline trace base/web.yaml:12', says: 'what this line reaches' },
    ],
  },
  validate: {
    summary: 'check manifests',
    operands: '[PATH ...]',
    about: [
      'Checks manifests as written, and as rendered by what the API server itself would say. PATH limits the check to files and folders. What has no schema is listed as not checked.',
      'Types are those of the cluster of each environment; without a connection those that it had the last time, else those of the Kubernetes version in driftline.yaml or of the newest known. Custom resources that it does not know are checked by the definitions of the repository, of Driftline, of --schemas and of driftline schemas import.',
      "With --server, each environment's own cluster tries to apply its objects by a dry-run, which changes nothing: its webhooks, policies and quotas have their say, on the line that decides. Needs the permission to patch.",
    ],
    formats,
    options: {
      server: { help: "also ask each environment's cluster, by dry-runs" },
      'no-render': { help: 'each file as it stands: fast, for commit hooks' },
      strict,
      decrypt,
      schemas,
    },
    examples: [
      { command: 'driftline validate', says: 'the whole repository' },
      { command: 'driftline validate --server -e staging', says: "with the cluster's own word" },
      { command: 'driftline validate apps/web --format github', says: 'annotations in CI' },
    ],
  },
  rules: {
    summary: 'list what validate looks for, and explain one rule',
    operands: '[ID]',
    most: 1,
    about: [
      'Lists the rules by which findings are told, with the level at which each is shown where driftline.yaml says nothing. With ID: what the rule means, and how to mend what it finds.',
      'Levels are set in driftline.yaml, as validate: { rules: { no-probes: warning } }; single findings are left out by a comment with a reason: # driftline-ignore no-probes: started by hand.',
    ],
    formats: ['text', 'json'],
    options: {},
    examples: [
      { command: 'driftline rules', says: 'all of them' },
      { command: 'driftline rules unknown-field', says: 'one' },
    ],
  },
  schemas: {
    summary: 'list, import and export schemas of custom resources',
    operands: '[list | import [FOLDER] | export FOLDER]',
    most: 2,
    about: [
      'list: the custom resources that are known and where from, what counts first standing first: what the clusters said when they were asked last, the repository, Driftline itself, folders.',
      'import: copies the definitions of a folder, or of the cluster of a context, to where all repositories find them without a connection. A folder holds CustomResourceDefinitions, or JSON Schemas as group/kind_version.json.',
      'export: writes what is known as JSON Schemas, group/kind_version.json, for kubeconform and for editors.',
    ],
    formats: ['text', 'json'],
    options: { context: { value: 'NAME', help: 'the cluster to import from' }, schemas },
    examples: [
      { command: 'driftline schemas', says: 'what is known' },
      { command: 'driftline schemas import --context staging', says: 'those of a cluster' },
      { command: 'driftline schemas import ../crds-catalog', says: 'those of a folder' },
      { command: 'driftline schemas export schemas/', says: 'for kubeconform' },
    ],
  },
  drift: {
    summary: 'compare an environment with what runs',
    about: [
      'Renders what each environment should run, compares it with its cluster or snapshot, and shows each difference: what the repository says → what runs, why and by whom, and the line that decides. Changes nothing.',
      'What differs is confirmed by the API server with a dry-run, which changes nothing and needs the permission to patch; without it the verdict stands as not confirmed. Where webhooks or policies may rewrite what is applied, a few of the objects in sync are tried as well, those that changed last first; what was not tried is listed as not checked.',
      'Why is told where it can be shown, by rendering the same application at HEAD, upstream and the revision that the engine deployed: not-committed, not-pushed, not-pulled, not-synced (pushed, and the engine did not apply it), changed-in-cluster, default-or-webhook; in the editor also not-saved.',
    ],
    formats,
    options: {
      all: { help: 'list the objects that are in sync, too' },
      cause: {
        value: 'KIND',
        multiple: true,
        help: 'only what differs for this reason, such as not-synced; repeat for more',
      },
      verify: {
        help: 'try every object in sync that a webhook or policy may rewrite, two in a second',
      },
      local: {
        help: 'send no dry-run: each leaves an entry in the audit log of the cluster',
      },
      'audit-log': {
        value: 'CONTEXT=FILE',
        multiple: true,
        help: 'say who changed what, by the audit log of the cluster of a context',
      },
      strict,
      decrypt,
    },
    examples: [
      { command: 'driftline drift', says: 'every environment' },
      { command: 'driftline drift -e production --format json', says: 'one, for a program' },
      { command: 'driftline drift --cause changed-in-cluster', says: 'what somebody changed' },
    ],
  },
  snapshot: {
    summary: 'save what runs to a file, secret values hashed',
    about: [
      "Saves the objects of an environment's cluster with the server's version, the time, and the schemas of custom resources, so that drift can be compared without the cluster. Values of Secrets are replaced by keyed hashes.",
    ],
    formats: ['text'],
    options: {},
    examples: [
      { command: 'driftline snapshot -e production -o live/production.yaml', says: 'one cluster' },
    ],
  },
  sync: {
    summary: 'bring what runs to what the repository says',
    ...ofApplications,
    about: [
      'Tells the engine that deploys an application, or all of an environment, to do it now, and follows until the engine reports the outcome: Flux and Argo CD apply what is pushed, a folder is applied by server-side apply from here, which never deletes. Shows what will change and asks first.',
      'The cluster must be pinned in driftline.yaml, as cluster: { context, uid }, and the folder be trusted (--trust).',
    ],
    examples: [
      { command: 'driftline sync -e staging --trust', says: 'all of an environment' },
      { command: 'driftline sync -e staging shop --trust --dry-run', says: 'what would change' },
    ],
  },
  fetch: {
    summary: 'get the charts that environments name and that are not here',
    about: [
      "Finds the charts of the chosen environments that are neither in the repository nor in Helm's cache, and the dependencies that their charts lack (without -e: those of every chart of the repository), and gets them from their repositories (https://…) and registries (oci://…), with the credentials that `helm repo add` and `helm registry login` left. They are kept for all repositories; nothing is written to this one.",
      'Nothing else fetches: what is not here is listed as not checked. Needs --trust, since the repository says which addresses are asked.',
    ],
    formats: ['text', 'json'],
    options: {
      refresh: {
        help: 'also what was fetched before: a range of versions may mean another one now',
      },
      'dry-run': { help: 'list what would be fetched; asks no address and needs no --trust' },
    },
    examples: [
      { command: 'driftline fetch --dry-run', says: 'what is missing' },
      { command: 'driftline fetch -e production --trust', says: 'get it' },
    ],
  },
  suspend: {
    summary: 'tell the engine to leave an application as it is',
    ...ofApplications,
    about: [
      'Until it is resumed, the engine neither applies changes nor takes back those made by hand.',
    ],
    examples: [{ command: 'driftline suspend -e staging shop --trust', says: 'one application' }],
  },
  resume: {
    summary: 'let the engine look after an application again',
    ...ofApplications,
    about: [
      'Takes back a suspend. The engine brings what runs to what the repository says at once, which is shown before.',
    ],
    examples: [{ command: 'driftline resume -e staging shop --trust', says: 'one application' }],
  },
  propose: {
    summary: 'put changed files up for review as a pull request',
    operands: '[PATH ...]',
    about: [
      'Commits the changed files (those of PATH, or those that the chosen environments read, or all) on a new branch, pushes it and opens a pull or merge request on GitHub, GitLab, Gitea or Forgejo. Its text says which objects change in which environment, with a diff of what is rendered. The checkout stays as it is.',
      'The token is taken from DRIFTLINE_TOKEN, else from GITHUB_TOKEN, GITLAB_TOKEN or GITEA_TOKEN as the forge is. Without one, the page is named on which the request is opened by hand. Needs --trust, since hooks and filters of the repository run.',
    ],
    formats: ['text', 'json'],
    options: {
      title: { value: 'TITLE', help: 'of the request (default: what changes)' },
      'body-file': { value: 'FILE', help: 'the text of the request (default: what changes)' },
      branch: { value: 'NAME', help: 'of the new branch (default: one that says what changes)' },
      base: { value: 'BRANCH', help: 'where it shall go (default: the branch that is tracked)' },
      forge,
      yes: { help: 'go ahead without asking' },
    },
    examples: [
      { command: 'driftline propose -e production --trust', says: 'what production reads' },
      { command: 'driftline propose apps/web --trust --yes', says: 'a folder, in a script' },
    ],
  },
  rollback: {
    summary: 'put an earlier state of an application up for review',
    operands: 'APPLICATION',
    most: 1,
    about: [
      'Without --to: lists the commits that changed the application, and which of them its engine deployed. With --to: sets its files back to what they were at that commit, on a new branch in a folder of its own, pushes it and opens a pull or merge request, as propose does. The checkout and the cluster stay as they are.',
      'Tokens are taken from the environment as for propose. --to needs --trust, since hooks and filters of the repository run.',
    ],
    formats: ['text', 'json'],
    options: {
      to: { value: 'REV', help: 'the commit whose state is brought back' },
      forge,
      yes,
    },
    examples: [
      { command: 'driftline rollback -e production shop', says: 'what there is' },
      { command: 'driftline rollback -e production shop --to 9f8e7d6 --trust', says: 'do it' },
    ],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as CommandName[];

/** All options a command takes, its own first. */
export function optionsOf(command: CommandName | undefined): Record<string, OptionSpec> {
  if (command === undefined) return commonOptions;
  const { options, formats: fitting } = specOf(command);
  const { format, ...common } = commonOptions;
  const help = `how to print the result: ${fitting.join(' | ')}`;
  return {
    ...options,
    ...common,
    ...(format && fitting.length > 1 && { format: { ...format, help } }),
  };
}

export function specOf(command: CommandName): CommandSpec {
  return commands[command];
}
