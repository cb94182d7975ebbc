import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  note,
  noteNodes,
  requireAmbientMesh,
  requireCertManager,
  requireGatewayApi,
  requireGatewayClass,
  requireHostname,
  requireIssuer,
  requireRoute,
  requireStorageClass,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

/** Fewer survive no loss of a node at quorum. */
const LEAST_PRODUCTION_REPLICAS = 3;

/** What ScyllaDB asks of each node of Kubernetes. */
const AIO_CONTEXTS = 1_048_576;

/** What this blueprint needs, and what a person should know before it runs. */
export function scylladbAmbientRequirements(
  spec: ScylladbAmbientSpec,
  platform: Platform,
): Requirement[] {
  return [
    ...requireAmbientMesh(platform),
    ...(spec.access.exposure === 'none'
      ? []
      : gateRequirements(spec, platform)),
    ...requireStorageClass(spec.storage, platform, {
      xfs: spec.profile === 'production',
    }),
    noteNodes(spec.replicas, platform),
    ...(spec.profile === 'production' ? productionNotes(spec) : []),
  ];
}

function gateRequirements(
  spec: ScylladbAmbientSpec,
  platform: Platform,
): Requirement[] {
  const plaintext = spec.access.exposure === 'tcp';
  return [
    requireGatewayApi(platform),
    ...requireRoute(platform, { plaintext }),
    requireGatewayClass(spec.access.gatewayClass, platform),
    ...requireHostname(
      { name: spec.name, hostname: spec.access.hostname },
      platform,
    ),
    requireCertManager(platform),
    ...requireIssuer(spec.certificate.issuer, spec.namespace, platform),
    ...(plaintext ? [plaintextNote(spec)] : []),
  ];
}

function plaintextNote({ access }: ScylladbAmbientSpec): Requirement {
  return note(
    'Plaintext',
    access.acceptPlaintext
      ? {
          met: true,
          message: 'Plaintext on port 9042 of the gateway is accepted',
        }
      : {
          met: false,
          message:
            'Port 9042 of the gateway takes passwords and data in plaintext: it will be reported as failing',
          remedy: {
            text: 'Choose access.exposure tls, or say access.acceptPlaintext true',
          },
        },
    'access.exposure',
  );
}

function productionNotes({ replicas }: ScylladbAmbientSpec): Requirement[] {
  const aio = note('fs.aio-max-nr', {
    met: false,
    message:
      'Ringfence cannot see fs.aio-max-nr of the nodes: ScyllaDB outside of developer mode does not start where it is too low',
    remedy: {
      text: `Set it to ${AIO_CONTEXTS} or more on every node that may run a pod of the ring`,
      command: `sysctl -w fs.aio-max-nr=${AIO_CONTEXTS}`,
    },
  });
  if (replicas >= LEAST_PRODUCTION_REPLICAS) return [aio];
  const quorum = note(
    'Quorum',
    {
      met: false,
      message: `${replicas} replicas survive the loss of none: reads and writes at quorum stop`,
      remedy: { text: 'Ask for 3 replicas or more' },
    },
    'replicas',
  );
  return [aio, quorum];
}
