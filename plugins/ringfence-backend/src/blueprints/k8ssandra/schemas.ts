import { dnsLabelSchema } from '@ringfence/backstage-plugin-ringfence-common';
import {
  hostnameSchema,
  objectNameSchema,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';

/** A field that is no part of the spec, of which people are told why. */
export function refusedField(why: string) {
  return z.undefined({ errorMap: () => ({ message: why }) }).optional();
}

/** A keyspace, as CQL writes it without quotes. */
const keyspaceSchema = z
  .string()
  .regex(/^\w{1,48}$/, 'must be the name of a keyspace');

const rackSchema = z
  .object({
    name: dnsLabelSchema.describe('Name of the rack'),
    zone: z
      .string()
      .regex(
        /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
        'must be the value of a label of Kubernetes',
      )
      .optional()
      .describe(
        'Its nodes run on nodes of Kubernetes with this topology.kubernetes.io/zone',
      ),
  })
  .strict();

const datacenterSchema = z
  .object({
    name: dnsLabelSchema.describe(
      'Name of the datacenter: drivers must be told it',
    ),
    replicas: z
      .number()
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(50, 'must be at most 50')
      .describe('Nodes; 3 survive the loss of one'),
    k8sContext: z
      .string()
      .max(253)
      // It becomes part of commands that people are told.
      .regex(
        /^\w[\w.:@/+-]*$/,
        'must be the name of a context: letters, digits and . : @ / + - _',
      )
      .optional()
      .describe(
        'Context of another Kubernetes cluster, as a ClientConfig of k8ssandra-operator names it; absent: that of the K8ssandraCluster',
      ),
    racks: z
      .array(rackSchema)
      .min(1, 'must name one rack at least, or be left out')
      .max(10)
      .optional()
      .describe('Absent: one rack, called default'),
  })
  .strict();

/** One datacenter. */
export type DatacenterSpec = z.infer<typeof datacenterSchema>;

/** The datacenters, of which the first is beside the K8ssandraCluster. */
export const datacentersSchema = z
  .array(datacenterSchema)
  .min(1, 'must have one at least')
  .max(10)
  .default([{ name: 'dc1', replicas: 3 }])
  .describe('Datacenters; the first is where the K8ssandraCluster itself is');

/** How clients get in. */
export const accessSchema = z
  .object({
    hostname: hostnameSchema
      .optional()
      .describe(
        'Stable host name that leads to the nodes of the first datacenter, named by their certificate; absent: the name of their Service',
      ),
    clients: z
      .array(
        z
          .object({
            namespace: dnsLabelSchema.describe('Namespace of the client'),
          })
          .strict(),
      )
      .max(100)
      .default([])
      .describe('Namespaces whose pods may dial the nodes'),
  })
  .strict();

/** Repairs. */
export const reaperSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe("Have the operator run Reaper, with the nodes' client stores"),
    deploymentMode: z
      .enum(['SINGLE', 'PER_DC', 'CONTROL_PLANE'])
      .default('SINGLE')
      .describe(
        'SINGLE: one Reaper for all datacenters. PER_DC: one for each. CONTROL_PLANE: one that is there already and is told of this ring',
      ),
    controlPlane: z
      .object({
        name: objectNameSchema.describe('Its Reaper object'),
        namespace: dnsLabelSchema.describe('Namespace of that'),
      })
      .strict()
      .optional()
      .describe('With CONTROL_PLANE: the Reaper that is there already'),
    schedules: z
      .object({
        enabled: z
          .boolean()
          .default(true)
          .describe('Repair every keyspace again and again by itself'),
        excludedKeyspaces: z
          .array(keyspaceSchema)
          .max(100)
          .default([])
          .describe('Keyspaces that are not repaired'),
      })
      .strict()
      .default({}),
  })
  .strict();

const backupStorageSchema = z
  .object({
    provider: z
      .enum([
        's3',
        's3_compatible',
        's3_rgw',
        'google_storage',
        'azure_blobs',
        'ibm_storage',
      ])
      .describe('Where backups go, in the words of Medusa'),
    bucket: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,221}$/, 'must be a bucket name')
      .describe('Bucket, which must be there'),
    secret: objectNameSchema
      .optional()
      .describe(
        "Secret in the database's namespace with key credentials; absent: the role of the pods' ServiceAccount",
      ),
    prefix: z
      .string()
      .regex(/^[\w./-]{1,200}$/, 'must be a path of letters and digits')
      .optional()
      .describe('Folder in the bucket; absent: the name of the database'),
    region: z
      .string()
      .regex(/^[\w-]{1,63}$/, 'must be the name of a region')
      .optional(),
    host: hostnameSchema.optional().describe('Where it is no public one'),
    port: z.number().int().min(1).max(65_535).optional(),
  })
  .strict();

/** Five fields, or one of the names that stand for such; which of them are sensible is the operator's to say. */
const CRON = /^(@(hourly|daily|weekly|monthly)|(\S+ ){4}\S+)$/;

/** Backups. */
export const medusaSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Have the operator run Medusa beside each node, a client with a certificate of its own',
      ),
    storage: backupStorageSchema.optional(),
    schedule: z
      .string()
      .regex(CRON, 'must be a cron schedule of five fields, such as 0 2 * * *')
      .default('0 2 * * *')
      .describe('When backups of each datacenter begin, in UTC'),
    backupType: z
      .enum(['differential', 'full'])
      .default('differential')
      .describe(
        'differential: what is in the bucket already is not sent again',
      ),
    keepBackups: z
      .number()
      .int('must be a whole number')
      .min(0)
      .max(10_000)
      .default(0)
      .describe('How many backups are kept; 0: all'),
    certificatesSecretRef: refusedField(
      'no such field: certificatesSecretRef of Medusa is deprecated, takes one Secret with three keys of fixed names that cert-manager does not write, and wins over clientEncryptionStores where both are there. Leave it out: Medusa gets a client certificate of its own by clientEncryptionStores',
    ),
  })
  .strict()
  .superRefine(({ enabled, storage }, context) => {
    if (!enabled || storage) return;
    context.addIssue({
      code: 'custom',
      path: ['storage'],
      message: 'is required where Medusa is enabled: backups need a place',
    });
  });

/** Who operates it. */
export const operatorSchema = z
  .object({
    namespace: dnsLabelSchema
      .default('k8ssandra-operator')
      .describe(
        "Namespace of the operators, which alone may reach the nodes' management API",
      ),
  })
  .strict();

/** Who may read metrics. */
export const monitoringSchema = z
  .object({
    namespace: dnsLabelSchema
      .optional()
      .describe('Namespace whose pods may scrape metrics'),
  })
  .strict();
