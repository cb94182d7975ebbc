import type { IssuedClientCertificate } from '@ringfence/backstage-plugin-ringfence-common';
import {
  CLIENT_CERTIFICATE_HOURS,
  CLIENT_REQUEST_ANNOTATION,
  CLIENT_TEAM_LABEL,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';

const HOUR_MS = 3_600_000;
/** cert-manager would renew it by itself five minutes before its end: it is gone well before. */
const REMOVED_BEFORE_END_MS = HOUR_MS / 2;

/** Who asked for a certificate, and when last: on its Certificate. */
const requestSchema = z.object({
  issuedBy: z.string(),
  issuedAt: z.string().datetime(),
});
/** Who asked for a certificate, and when last. */
export type Request = z.infer<typeof requestSchema>;

/**
 * Of a Certificate that was made for a team; undefined of all others. Who may
 * make Certificates in the namespace may label one as a team's: were it to name
 * the Secret of a CA, the portal would hand out the key of that.
 */
export function issuedOf(
  certificate: KubernetesObject,
): IssuedClientCertificate | undefined {
  const { metadata, spec, status } = certificate;
  const team = metadata.labels?.[CLIENT_TEAM_LABEL];
  const isTeams = metadata.name.endsWith(`-client-${team}`);
  if (!team || !isTeams || spec?.secretName !== metadata.name) return undefined;
  return {
    team,
    secret: spec.secretName,
    ...requestOf(certificate),
    ...(status?.notAfter && { notAfter: status.notAfter }),
  };
}

/** One that nobody can read any more counts from when its Certificate was made. */
function requestOf({ metadata }: KubernetesObject): Request {
  const text = metadata.annotations?.[CLIENT_REQUEST_ANNOTATION] ?? '';
  try {
    return requestSchema.parse(JSON.parse(text));
  } catch {
    const created = metadata.creationTimestamp ?? new Date(0);
    return {
      issuedBy: 'unknown',
      issuedAt: new Date(created).toISOString(),
    };
  }
}

/** Whether the team has not asked for the next one, so that this one is to go. */
export function isOverdue(
  { issuedAt }: Pick<IssuedClientCertificate, 'issuedAt'>,
  now: Date,
): boolean {
  const endsMs = Date.parse(issuedAt) + CLIENT_CERTIFICATE_HOURS * HOUR_MS;
  return now.getTime() >= endsMs - REMOVED_BEFORE_END_MS;
}
