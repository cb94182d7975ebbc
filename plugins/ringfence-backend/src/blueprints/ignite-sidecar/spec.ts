import {
  certificateSchema,
  completeResources,
  gatewayAccessShape,
  hostnameSchema,
  monitoringSchema,
  objectNameSchema,
  placeShape,
  refuseDevResources,
  refuseLongGatewayName,
  refuseNamelessCertificate,
  refuseNamelessScraper,
  ringResourcesSchema,
  storageSchema,
  type RingResourcePresets,
  type RingResources,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  dnsLabelSchema,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';
import {
  cacheSchema,
  completeCache,
  refuseUnusableCaches,
  type CacheSpec,
} from './caches';
import { defaultVersion, isKnownVersion, RELEASE_LINES } from './versions';

/** The blueprint's kind. */
export const KIND = 'ignite-sidecar';

const PRESETS: RingResourcePresets = {
  dev: { cores: 1, memory: '1Gi' },
  production: { cores: 4, memory: '16Gi' },
};

const applicationSchema = z
  .object({
    hostname: hostnameSchema.describe(
      'Host name of the application; the certificate names it too',
    ),
    namespace: dnsLabelSchema.describe(
      'Namespace of its Service; a ReferenceGrant there must let the route lead to it',
    ),
    service: dnsLabelSchema.describe('Service that requests are led to'),
    port: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(65535, 'must be at most 65535')
      .describe('Port of that Service, which speaks HTTP'),
  })
  .strict();

const accessSchema = z
  .object({
    exposure: z
      .enum(['tls', 'none'])
      .default('tls')
      .describe(
        'tls: thin clients with TLS on 10800, REST over HTTPS on 8443. none: no gateway, clients inside the mesh only',
      ),
    ...gatewayAccessShape,
    application: applicationSchema
      .optional()
      .describe(
        'A client application that is served over HTTPS on 8443, too, by a name of its own',
      ),
  })
  .strict();

const persistenceSchema = z
  .object({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        'Keep data on volumes. Ignite has logins only with it: without, nothing but a certificate proves who a client is',
      ),
  })
  .strict();

const gridgainSchema = z
  .object({
    edition: z
      .enum(['community', 'enterprise', 'ultimate'])
      .default('enterprise')
      .describe('Edition of GridGain; community needs no licence'),
    licenceSecret: objectNameSchema
      .optional()
      .describe(
        'Secret in the namespace whose key license.xml holds the licence; absent: the one that is made of the licence given with the order',
      ),
  })
  .strict();

const meshSchema = z
  .object({
    revision: dnsLabelSchema
      .optional()
      .describe(
        'Revision or tag of Istio whose sidecar the pods get; absent: the one that serves by default',
      ),
  })
  .strict();

const fields = z
  .object({
    ...placeShape,
    blueprint: z.literal(KIND).default(KIND),
    profile: z
      .enum(['dev', 'production'])
      .default('dev')
      .describe(
        'dev: 1 core and 1 GiB a node. production: cores and memory of its own',
      ),
    product: z
      .enum(['ignite', 'gridgain'])
      .default('ignite')
      .describe('ignite: Apache Ignite 2. gridgain: GridGain 8'),
    replicas: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .default(2)
      .describe('Nodes; 2 survive the loss of one where caches have a backup'),
    version: z
      .string()
      .optional()
      .describe('Version of the product; absent: its newest known one'),
    gridgain: gridgainSchema.default({}),
    caches: z
      .array(cacheSchema)
      .max(100)
      .default([])
      .describe('Caches that the nodes make at their start'),
    resources: ringResourcesSchema(
      PRESETS,
      'Memory that Ignite takes on each node: two fifths for the heap, two fifths for data',
    )
      .default({})
      .describe('Of each node in the production profile'),
    persistence: persistenceSchema.default({}),
    storage: storageSchema.default({}),
    certificate: certificateSchema.default({}),
    access: accessSchema.default({}),
    strictMtls: z
      .boolean()
      .default(true)
      .describe('Refuse plaintext to the nodes inside the mesh'),
    mesh: meshSchema.default({}),
    monitoring: monitoringSchema.default({}),
  })
  .strict();

type Fields = z.infer<typeof fields>;

/** The spec of an Ignite cluster with sidecars, complete. */
export interface IgniteSidecarSpec
  extends DatabaseSpec,
    Omit<Fields, 'resources' | 'caches' | keyof DatabaseSpec> {
  readonly blueprint: typeof KIND;
  readonly version: string;
  readonly caches: readonly CacheSpec[];
  readonly resources: RingResources;
}

/** Reads and completes the spec of an Ignite cluster with sidecars. */
export const igniteSidecarSchema = fields
  .superRefine((spec, context) => {
    refuseLongGatewayName(spec, context);
    refuseDevResources(spec, PRESETS, context);
    refuseUnknownVersion(spec, context);
    refuseUnusableCaches(spec, context);
    refuseOpenDoor(spec, context);
    refuseNamelessCertificate(spec, context);
    refuseNamelessScraper(spec, context);
    refuseStrangersLicence(spec, context);
  })
  .transform(
    (spec): IgniteSidecarSpec => ({
      ...spec,
      version: spec.version ?? defaultVersion(spec.product),
      caches: spec.caches.map(cache => completeCache(cache, spec.replicas)),
      resources: completeResources(spec, PRESETS),
    }),
  );

/** Whether a database knows logins: Ignite keeps them in its persistent store, and has none without. */
export function hasLogins({
  persistence,
}: Pick<IgniteSidecarSpec, 'persistence'>): boolean {
  return persistence.enabled;
}

/** Whether the nodes start with a licence alone. */
export function needsLicence({
  product,
  gridgain,
}: Pick<IgniteSidecarSpec, 'product' | 'gridgain'>): boolean {
  return product === 'gridgain' && gridgain.edition !== 'community';
}

function refuseUnknownVersion(
  { product, version }: Fields,
  context: z.RefinementCtx,
) {
  if (version === undefined || isKnownVersion(product, version)) return;
  const known = RELEASE_LINES[product]
    .map(({ line, latest }) => `${line}.x (such as ${latest})`)
    .join(', ');
  context.addIssue({
    code: 'custom',
    path: ['version'],
    message: `is not a known version of ${product}; known are ${known}`,
  });
}

/** Without logins a certificate is all that keeps strangers out. */
function refuseOpenDoor(
  { access, persistence, strictMtls }: Fields,
  context: z.RefinementCtx,
) {
  if (!persistence.enabled && !strictMtls) {
    context.addIssue({
      code: 'custom',
      path: ['strictMtls'],
      message:
        'must be true where persistence is off: Ignite has no logins then, and plaintext carries no identity, so that anybody in the namespaces of clients would get in',
    });
  }
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['access', field], message });
  const { exposure, clientCertificates, keyExchange, application } = access;
  if (application && application.hostname === access.hostname) {
    refuse(
      'application',
      'must have another hostname than access.hostname: requests for REST by that name would go to the application',
    );
  }
  if (exposure === 'none') {
    if (clientCertificates !== 'off') {
      refuse('clientCertificates', 'must be off where exposure is none');
    }
    if (application) {
      refuse('application', 'must be left out where exposure is none');
    }
    if (keyExchange !== 'default') {
      refuse('keyExchange', 'must be default where exposure is none');
    }
  } else if (!persistence.enabled && clientCertificates !== 'required') {
    refuse(
      'clientCertificates',
      'must be required where persistence is off: Ignite has no logins then, so that anybody who reaches the gateway would get in',
    );
  }
}

function refuseStrangersLicence(
  { product, gridgain }: Fields,
  context: z.RefinementCtx,
) {
  const isNeeded = needsLicence({ product, gridgain });
  if (gridgain.licenceSecret === undefined || isNeeded) return;
  context.addIssue({
    code: 'custom',
    path: ['gridgain', 'licenceSecret'],
    message:
      product === 'ignite'
        ? 'must be left out: Apache Ignite has no licence to check'
        : 'must be left out: the community edition has no licence to check',
  });
}
