import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { dnsLabelSchema } from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';
import type { ApiServerSettings, KubernetesClusterSettings } from './settings';

const KEY = 'ringfence.kubernetesClusters';

/** Says what was expected and what came instead, unless that may be secret or long. */
const expected = (what: string) => (value: unknown) => ({
  message: `expected ${what}, got ${JSON.stringify(value)}`,
});

const defaultsSchema = z
  .object({
    storageClasses: z.array(z.string().min(1)),
    issuers: z.array(
      z
        .object({
          kind: z.enum(['Issuer', 'ClusterIssuer']),
          name: z.string().min(1),
        })
        .strict(),
    ),
    gatewayClasses: z.array(z.string().min(1)),
    dnsSuffix: z
      .string()
      .refine(isDnsName, expected('a DNS name such as "db.example.com"')),
  })
  .strict()
  .partial();

const clusterSchema = z
  .object({
    name: z
      .string()
      .max(63)
      .regex(/^[A-Za-z0-9][-A-Za-z0-9_.]*$/, {
        message:
          'expected letters, digits, "-", "_" and ".", beginning with a letter or digit',
      }),
    title: z.string().optional(),
    kubeconfig: z
      .object({
        file: z.string().min(1),
        context: z.string().min(1).optional(),
      })
      .strict()
      .optional(),
    inCluster: z.boolean().optional(),
    url: z.string().refine(isHttpsUrl, expected('an https URL')).optional(),
    caFile: z.string().min(1).optional(),
    caData: z
      .string()
      .refine(isEncodedPem, {
        message: 'expected CA certificates in PEM, encoded in base64',
      })
      .optional(),
    tokenFile: z.string().min(1).optional(),
    defaults: defaultsSchema.optional(),
    scratchNamespace: dnsLabelSchema.optional(),
  })
  .strict();

type ClusterConfig = z.infer<typeof clusterSchema>;

/**
 * Reads `ringfence.kubernetesClusters`.
 *
 * @throws InputError with the path of what is wrong and what would be right
 */
export function readRingfenceClusters(
  config: Config,
): KubernetesClusterSettings[] {
  const raw = config.getOptional<unknown>(KEY) ?? [];
  if (!Array.isArray(raw)) refuse('', 'expected a list');
  const clusters = (raw as unknown[]).map((entry, index) =>
    toSettings(parse(entry, `[${index}]`), `[${index}]`),
  );
  clusters.forEach(({ name }, index) => {
    if (clusters.findIndex(other => other.name === name) !== index) {
      refuse(`[${index}].name`, `"${name}" is there twice`);
    }
  });
  return clusters;
}

function parse(entry: unknown, path: string): ClusterConfig {
  const result = clusterSchema.safeParse(entry);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue.path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return refuse(
      `${path}${where}.${issue.keys[0]}`,
      unknownKey(issue.keys[0]),
    );
  }
  return refuse(`${path}${where}`, issue.message);
}

function unknownKey(key: string): string {
  return /^(skipTLSVerify|insecure)/i.test(key)
    ? 'TLS is always verified; give the CA with caFile or caData'
    : 'there is no such key';
}

function toSettings(
  cluster: ClusterConfig,
  path: string,
): KubernetesClusterSettings {
  const { name, defaults, scratchNamespace } = cluster;
  return {
    name,
    apiServer: toApiServer(cluster, path),
    defaults: { ...defaults, ...(scratchNamespace && { scratchNamespace }) },
  };
}

function toApiServer(cluster: ClusterConfig, path: string): ApiServerSettings {
  const { kubeconfig, inCluster, url, caFile, caData, tokenFile } = cluster;
  const given = [kubeconfig, inCluster || undefined, url].filter(Boolean);
  if (given.length !== 1) {
    refuse(path, 'expected exactly one of kubeconfig, inCluster: true and url');
  }
  if (!url && (caFile || caData || tokenFile)) {
    refuse(path, 'caFile, caData and tokenFile go with url only');
  }
  if (kubeconfig) return { from: 'kubeconfig', ...kubeconfig };
  if (!url) return { from: 'inCluster' };
  if (caFile && caData) {
    refuse(path, 'expected one of caFile and caData, not both');
  }
  if (!tokenFile) {
    return refuse(
      `${path}.tokenFile`,
      'expected the path of a file with the token of a service account',
    );
  }
  return { from: 'url', url, caFile, caData, credentials: { tokenFile } };
}

function refuse(path: string, message: string): never {
  throw new InputError(`${KEY}${path}: ${message}`);
}

function isHttpsUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}

/** Whether a text is base64 of PEM with a certificate in it. */
export function isEncodedPem(text: string): boolean {
  return Buffer.from(text, 'base64')
    .toString('utf8')
    .includes('-----BEGIN CERTIFICATE-----');
}

function isDnsName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every(label => dnsLabelSchema.safeParse(label).success)
  );
}
