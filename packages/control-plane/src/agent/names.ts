import { mkdir, rename, writeFile } from 'node:fs/promises';
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
 * Service: the `getent` of pods reads it.
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
      const lines = all.flatMap(service =>
        addressesOf(service, endpoints).map(
          address => `${address} ${nameOf(service)}\n`,
        ),
      );
      await mkdir(dirname(hostsFile), { recursive: true });
      await writeFile(`${hostsFile}.new`, lines.join(''));
      await rename(`${hostsFile}.new`, hostsFile);
    },
  });
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.name}.${metadata.namespace}.svc`;
}

/** Of a headless Service those of its ready endpoints. */
function addressesOf(
  { metadata, spec }: KubernetesObject,
  endpoints: readonly KubernetesObject[],
): string[] {
  if (spec.clusterIP !== 'None') return spec.clusterIP ? [spec.clusterIP] : [];
  const own = endpoints.filter(
    slice =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
  );
  return own
    .flatMap(({ endpoints: of }) => (of ?? []) as any[])
    .filter(({ conditions }) => conditions.ready)
    .flatMap(({ addresses }) => addresses);
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
