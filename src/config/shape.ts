/** What may stand in a configuration file, as data: check.ts and schema.ts read it, so the two cannot differ. */

/** What a value must be. `about` is what an editor shows. */
export type Shape = { readonly about?: string } & (
  | {
      /** Fixed keys. */
      readonly kind: 'object';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
    }
  | {
      /** Names that the operator chooses, or some of `names`. */
      readonly kind: 'map';
      readonly value: Shape;
      readonly names?: readonly string[];
      /** What a key stands for: `node`. */
      readonly of: string;
      readonly mayBeEmpty?: true;
    }
  | { readonly kind: 'list'; readonly item: Shape; readonly mayBeEmpty?: true }
  | {
      readonly kind: 'text';
      /** In words, with an article: `a version such as "2.2.7"`. */
      readonly what: string;
      readonly pattern: string;
      /** A whole number will do. */
      readonly orNumber?: true;
    }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'flag' }
  /** A list, or an object to say more. */
  | { readonly kind: 'listOrObject'; readonly list: Shape; readonly object: Shape }
);

const list = (item: Shape, about: string): Shape => ({ kind: 'list', item, about });

const some = '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$';

const version = (daemon: string, example: string): Shape => ({
  kind: 'text',
  what: `a version such as "${example}"`,
  pattern: '^\\d{1,5}(\\.\\d{1,5}){0,3}([-+~.][\\w.+~-]{1,60})?$',
  about: `The version of ${daemon} that runs, as its package calls it. Severities and words follow it.`,
});

const facts = (about: string): Shape => ({
  kind: 'object',
  about,
  fields: {
    keepalived: version('keepalived', '2.2.7'),
    nginx: version('nginx', '1.22.1'),
    ip_nonlocal_bind: {
      kind: 'flag',
      about:
        'Whether the hosts have net.ipv4.ip_nonlocal_bind and net.ipv6.ip_nonlocal_bind set, so that nginx can listen on a virtual address that the node does not hold.',
    },
  },
});

const files = list(
  { kind: 'text', what: 'the path of a file or folder', pattern: some },
  'Files and folders of the node, relative to the folder of this file.',
);

const node: Shape = {
  kind: 'listOrObject',
  list: files,
  object: {
    kind: 'object',
    required: ['files'],
    fields: {
      files,
      addresses: {
        kind: 'map',
        of: 'interface',
        about:
          'All interfaces of the node with their permanent addresses. Interfaces whose addresses share a subnet are one segment.',
        value: {
          kind: 'list',
          mayBeEmpty: true,
          item: {
            kind: 'text',
            what: 'an address such as 10.0.0.2/24',
            pattern:
              '^((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}(/(3[0-2]|[12]?\\d))?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/(12[0-8]|1[01]\\d|[1-9]?\\d))?)$',
          },
        },
      },
      facts: facts('What the files of this node cannot tell.'),
    },
  },
};

/** lbcheck.yaml. */
export const configuration = (ruleIds: readonly string[]): Shape => ({
  kind: 'object',
  about: 'What lbcheck checks, and how.',
  fields: {
    clusters: {
      kind: 'map',
      of: 'cluster',
      about: 'The clusters by name: nodes that share virtual addresses.',
      value: {
        kind: 'object',
        required: ['nodes'],
        fields: {
          nodes: {
            kind: 'map',
            of: 'node',
            value: node,
            about: 'The balancers by name: their files and folders, or an object to say more.',
          },
          segment: {
            kind: 'text',
            what: 'the name of a network segment',
            pattern: some,
            orNumber: true,
            about:
              'The network segment (VLAN) in which the virtual routers of the cluster live. Clusters of one segment must not share a VRID.',
          },
          backends: {
            kind: 'map',
            of: 'web server',
            value: node,
            mayBeEmpty: true,
            about: 'The web servers behind the balancers, by name.',
          },
          'allow-differences': {
            kind: 'list',
            mayBeEmpty: true,
            item: { kind: 'text', what: 'the name of a directive or object', pattern: some },
            about: 'Directives and objects in which the nodes of the cluster may differ.',
          },
          facts: facts('What the files of this cluster cannot tell.'),
        },
      },
    },
    facts: facts('What the files cannot tell. A cluster or a node may say it otherwise for itself.'),
    rules: {
      kind: 'map',
      of: 'rule',
      names: ruleIds,
      mayBeEmpty: true,
      value: { kind: 'choice', of: ['off', 'info', 'warning', 'error'] },
      about: 'Severities of rules where they are not to be what they are: lbcheck rules lists them.',
    },
  },
});
