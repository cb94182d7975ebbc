import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Kubectl } from '@ringfence/control-plane';
import { DATABASE, TEMPLATE_NAMESPACE, type Template } from './template';

const KWOK = 'kwok.x-k8s.io/v1alpha1';
const STATS_PORT = 15020;

/** What answers for pods and ztunnels. */
export interface Mesh {
  /** Lets the ztunnels count for these namespaces. */
  serve(namespaces: readonly string[]): void;
  stop(): Promise<void>;
}

/** Tells kwok what commands in pods print, and who answers for ztunnels. */
export async function startMesh(
  kubectl: Kubectl,
  template: Template,
  directory: string,
): Promise<Mesh> {
  await writeCommands(template, directory);
  let metrics = '';
  const server = createServer((_request, response) => response.end(metrics));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = [commands(directory), ztunnels(port)];
  const list = { apiVersion: 'v1', kind: 'List', items: access };
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
  return {
    serve(namespaces) {
      metrics = metricsFor(template.ztunnelMetrics, namespaces);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function writeCommands(
  { nodetoolStatus, podAddresses }: Template,
  directory: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const status = join(directory, 'status.txt');
  await writeFile(status, nodetoolStatus);
  const lines = podAddresses.map(address => `echo "${address} STREAM $2"`);
  const scripts = {
    nodetool: `#!/bin/sh\nexec cat '${status}'\n`,
    getent: `#!/bin/sh\n${lines.join('\n')}\n`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(directory, name), script, { mode: 0o755 });
  }
}

/** The same for the pods of all databases. */
function commands(directory: string) {
  const envs = [{ name: 'RINGFENCE_POD_DIR', value: directory }];
  const matchNames = [0, 1, 2].map(ordinal => `${DATABASE}-${ordinal}`);
  return {
    apiVersion: KWOK,
    kind: 'ClusterExec',
    metadata: { name: 'nodes' },
    spec: { selector: { matchNames }, execs: [{ local: { envs } }] },
  };
}

function ztunnels(port: number) {
  const target = { address: '127.0.0.1', port };
  return {
    apiVersion: KWOK,
    kind: 'ClusterPortForward',
    metadata: { name: 'ztunnels' },
    spec: {
      selector: { matchNamespaces: ['istio-system'] },
      forwards: [{ ports: [STATS_PORT], target }],
    },
  };
}

/** Each line that speaks of the template's database, once for each. */
function metricsFor(text: string, namespaces: readonly string[]): string {
  const lines = text
    .split('\n')
    .flatMap(line =>
      line.includes(TEMPLATE_NAMESPACE)
        ? namespaces.map(it => line.replaceAll(TEMPLATE_NAMESPACE, it))
        : [line],
    );
  return lines.join('\n');
}
