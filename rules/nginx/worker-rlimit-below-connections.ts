import { headSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { defaultConnections } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'worker-rlimit-below-connections',
  severity: 'warning',
  summary: 'A worker may open fewer files than it may have connections',
  why: `
Every connection takes a file descriptor, and so do log files and the files that are sent. With \`worker_rlimit_nofile\` no greater than
\`worker_connections\` the descriptors run out first: \`accept() failed (24: Too many open files)\`, and clients wait.

\`worker_connections\` counts both sides of a proxied request. Leave the descriptors room above it.
`,
  sources: [
    'nginx documentation: Core functionality (worker_rlimit_nofile, worker_connections)',
    'nginx: ngx_event_process_init()',
  ],
  bad: [
    {
      title: 'More connections than descriptors',
      files: `
        worker_processes auto;
        worker_rlimit_nofile 1024;
        ^^^^^^^^^^^^^^^^^^^^^^^^^ 1024 open files are too few for 4096 connections
        events {
            worker_connections 4096;
        }
      `,
    },
    {
      title: 'As many, which is a note only',
      files: `
        worker_processes auto;
        worker_rlimit_nofile 65535;
        ^^^^^^^^^^^^^^^^^^^^^^^^^^ 65535 open files are too few for 65535 connections
        events {
            worker_connections 65535;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Room above the connections; the default of connections is 512',
      files: `
        worker_processes auto;
        worker_rlimit_nofile 4096;
        events {
        }
      `,
    },
    {
      title: 'The system decides on the descriptors',
      files: `
        worker_processes auto;
        events {
            worker_connections 4096;
        }
      `,
    },
  ],
  *check({ named, complete, isMain }) {
    const limit = named('worker_rlimit_nofile')[0];
    const connections = named('worker_connections')[0];
    if (!limit || !isMain || (!connections && !complete)) return;
    const files = Number(limit.directive.args[0]?.text);
    const count = connections ? Number(connections.directive.args[0]?.text) : defaultConnections;
    // What is no number at all is not too small.
    if (!(files >= 0 && files <= count)) return;
    yield {
      at: headSpan(limit.directive),
      message: `${files} open files are too few for ${count} connections`,
      // As many as connections are too few only for a worker that has all of them.
      ...(files === count ? { severity: 'info' as const } : {}),
      related: connections ? [{ at: headSpan(connections.directive), note: 'each takes a descriptor' }] : [],
      help: 'allow more open files than connections',
    };
  },
});
