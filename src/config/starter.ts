/** The configuration file that `lbcheck init` writes: what lies in the folder, and words that teach the rest. */

/** Where the schema of the newest version is found. */
export const schemaUrl = 'https://raw.githubusercontent.com/lbcheck/lbcheck/main/lbcheck.schema.json';

/** A node by its name and its files and folders, relative to the configuration file. */
export interface StarterNode {
  readonly name: string;
  readonly files: readonly string[];
}

export interface StarterCluster {
  readonly name: string;
  readonly nodes: readonly StarterNode[];
  readonly backends: readonly StarterNode[];
}

/** The text of a configuration file for the clusters. Its commented keys are as they would be without the `# `. */
export function starter(clusters: readonly StarterCluster[]): string {
  const blocks = clusters.map(
    ({ name, nodes, backends }, index) => `  ${scalar(name)}:
${index === 0 ? '    # The balancers, each with its files and folders.\n' : ''}    nodes:
${listed(nodes)}${
  index === 0
    ? `    # Say more of a node, and more can be checked: its interfaces with their permanent addresses.
    #   ${scalar(nodes[0]?.name ?? 'lb1')}: { files: [${(nodes[0]?.files ?? []).map(scalar).join(', ')}], addresses: { eth0: [192.0.2.11/24] } }
`
    : ''
}${backends.length > 0 ? `    backends:\n${listed(backends)}` : ''}${index === 0 ? hints : ''}`,
  );
  return `# yaml-language-server: $schema=${schemaUrl}
#
# lbcheck without paths checks the clusters named here, from this folder or any below it.

clusters:
${blocks.join('\n')}
# What the files cannot tell. Severities and words follow the versions.
# facts: { keepalived: "2.2.7", nginx: "1.22.1", ip_nonlocal_bind: true }

# Severities of rules, where they are not to be what they are: lbcheck rules lists them.
# rules: { router-id-duplicate: info, no-alarm: off }
`;
}

const hints = `    # The network segment: clusters that share one must not share a virtual_router_id.
    # segment: vlan-20
    # Directives and objects in which the nodes may differ.
    # allow-differences: [worker_processes]
`;

const listed = (nodes: readonly StarterNode[]): string =>
  nodes.map(({ name, files }) => `      ${scalar(name)}: [${files.map(scalar).join(', ')}]\n`).join('');

/** A word as it stands in YAML, in quotes where it could be taken for something else. */
const scalar = (text: string): string =>
  /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
