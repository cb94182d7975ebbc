import { mkdir, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  startController,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';

const services = { apiVersion: 'v1', kind: 'Service' };
const slices = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
const everything = () => ['names'];

/**
 * Keeps a file of what cluster DNS would answer, a line for each address of a
 * Service and each pod of a headless one: the `getent` of pods reads it, and
 * Java as its `/etc/hosts`.
 */
export function startNames(
  context: ControllerContext & { readonly hostsFile: string },
): RunningController {
  const { kubernetes, hostsFile } = context;
  return startController({
    name: 'names',
    kubernetes,
    log: context.log,
    watches: [
      { ...services, concerns: everything },
      { ...slices, concerns: everything },
    ],
    async reconcile() {
      const [all, endpoints] = await Promise.all([
        kubernetes.list(services),
        kubernetes.list(slices),
      ]);
      const lines = [
        `127.0.0.1 localhost ${hostname()}\n`,
        ...all.flatMap(service => linesOf(service, endpoints)),
      ];
      await mkdir(dirname(hostsFile), { recursive: true });
      await writeFile(`${hostsFile}.new`, lines.join(''));
      await rename(`${hostsFile}.new`, hostsFile);
    },
  });
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.name}.${metadata.namespace}.svc`;
}

const line = (address: string, name: string) =>
  `${address} ${name} ${name}.cluster.local\n`;

/** Of a headless Service those of its ready endpoints, and of each by its own name. */
function linesOf(
  service: KubernetesObject,
  endpoints: readonly KubernetesObject[],
): string[] {
  const { clusterIP } = service.spec;
  const name = nameOf(service);
  if (clusterIP !== 'None') return clusterIP ? [line(clusterIP, name)] : [];
  return readyEndpoints(service, endpoints).flatMap(
    ({ addresses: [address], hostname: own }) => [
      line(address, name),
      ...(own ? [line(address, `${own}.${name}`)] : []),
    ],
  );
}

function readyEndpoints(
  { metadata }: KubernetesObject,
  endpoints: readonly KubernetesObject[],
): any[] {
  const own = endpoints.filter(
    slice =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
  );
  return own
    .flatMap(({ endpoints: of }) => (of ?? []) as any[])
    .filter(({ conditions }) => conditions.ready);
}

/** `getent ahosts NAME`, with exit code 2 where there is no such name; other databases it does not know. */
export function getentScript(hostsFile: string): string {
  return `#!/bin/sh
test "$1" = ahosts || exit 1
name="\${2%.cluster.local}"
exec awk -v name="$name" '
  $2 == name {
    print $1, "STREAM", name ".cluster.local"
    print $1, "DGRAM"
    print $1, "RAW"
    found = 1
  }
  END { exit found ? 0 : 2 }
' '${hostsFile}'
`;
}
