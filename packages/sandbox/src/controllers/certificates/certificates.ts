import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { timestamp, withConditions, type Condition } from '../conditions';
import type { ControllerCluster, ControllerContext } from '../context';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type Requeue,
  type RunningController,
} from '../controller';
import { renewalTimeOf } from './durations';
import { issue, type Issued } from './issue';
import { findSigner } from './issuers';
import {
  reasonNotReady,
  reasonToIssue,
  secretReason,
  type IssuanceInput,
  type IssuanceReason,
} from './policy';
import { datesOf, readKeyPair } from './secrets';

const apiVersion = 'cert-manager.io/v1';
const kind = 'Certificate';

/** Dates that a Certificate's first issuance is to have instead of its own, for a demo of one that runs out. */
export type DatesOverride = (
  certificate: KubernetesObject,
  now: Date,
) => { notBefore: Date; notAfter: Date } | undefined;

export interface CertificatesOptions {
  /** While the certificate of revision 1 is in use, its renewal by time is held back too. */
  readonly overrideDates?: DatesOverride;
}

class CertificateReconciler {
  readonly #context: ControllerContext;
  readonly #options: CertificatesOptions;
  /** The fields that the current certificates were issued for, by uid of the Certificate. */
  readonly #issuedFor = new Map<string, Record<string, unknown>>();

  constructor(context: ControllerContext, options: CertificatesOptions) {
    this.#context = context;
    this.#options = options;
  }

  async reconcile(key: string): Promise<Requeue | void> {
    const { kubernetes, now } = this.#context;
    const certificate = await kubernetes.get(
      refOfKey({ apiVersion, kind }, key),
    );
    if (!certificate || certificate.metadata.deletionTimestamp)
      return undefined;
    const { namespace } = certificate.metadata;
    const secret = await kubernetes.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      name: certificate.spec.secretName,
    });
    const input = {
      certificate,
      secret,
      changedFields: this.#changedFields(certificate),
      held: this.#isHeld(certificate),
      now: now(),
    };
    const reason = reasonToIssue(input);
    if (reason) return this.#issue(certificate, secret, reason, input);
    const dates = datesOf(readKeyPair(secret)!.certificatePem);
    await this.#writeStatus(certificate, undefined, dates);
    const renewalTime = renewalTimeOf(certificate.spec, dates);
    if (input.held) return undefined;
    return { afterMs: renewalTime.getTime() - now().getTime() };
  }

  async #issue(
    certificate: KubernetesObject,
    secret: KubernetesObject | undefined,
    reason: IssuanceReason,
    input: IssuanceInput,
  ): Promise<void> {
    const { kubernetes } = this.#context;
    const issuing = { type: 'Issuing', status: 'True', ...reason } as const;
    const dates = secretReason(input)
      ? undefined
      : datesOf(readKeyPair(secret)!.certificatePem);
    const marked = await this.#writeStatus(
      certificate,
      issuing,
      dates,
      reasonNotReady(input),
    );
    const found = await findSigner(kubernetes, marked);
    const issued = await issue(
      this.#context,
      marked,
      secret,
      found,
      this.#override(marked),
    );
    if (!issued) return;
    this.#issuedFor.set(marked.metadata.uid!, requestFields(marked));
    await this.#finish(marked, issued);
  }

  /** Writes the status over whatever it has become meanwhile: the certificate is out. */
  async #finish(certificate: KubernetesObject, issued: Issued) {
    const { kubernetes } = this.#context;
    const { name, namespace } = certificate.metadata;
    const current = await kubernetes.get({ apiVersion, kind, namespace, name });
    if (!current) return;
    current.status = { ...current.status, revision: issued.revision };
    await this.#writeStatus(current, undefined, issued);
  }

  async #writeStatus(
    certificate: KubernetesObject,
    issuing: Condition | undefined,
    dates: { notBefore: Date; notAfter: Date } | undefined,
    notReady?: IssuanceReason,
  ): Promise<KubernetesObject> {
    const { kubernetes, now } = this.#context;
    const ready: Condition = notReady
      ? { type: 'Ready', status: 'False', ...notReady }
      : readyCondition(dates!, now());
    const before = certificate.status?.conditions;
    const conditions = issuing ? [issuing, ready] : [ready];
    return kubernetes.updateStatus({
      ...certificate,
      status: {
        ...certificate.status,
        conditions: withConditions(before, conditions, {
          generation: certificate.metadata.generation,
          now: now(),
        }),
        ...(dates && {
          notBefore: timestamp(dates.notBefore),
          notAfter: timestamp(dates.notAfter),
          renewalTime: timestamp(renewalTimeOf(certificate.spec, dates)),
        }),
      },
    });
  }

  #override(certificate: KubernetesObject) {
    if (certificate.status?.revision) return undefined;
    return this.#options.overrideDates?.(certificate, this.#context.now());
  }

  #isHeld(certificate: KubernetesObject): boolean {
    const overridden = this.#options.overrideDates?.(
      certificate,
      this.#context.now(),
    );
    return overridden !== undefined && certificate.status?.revision === 1;
  }

  #changedFields(certificate: KubernetesObject): string[] {
    const issuedFor = this.#issuedFor.get(certificate.metadata.uid!);
    if (!issuedFor) return [];
    return Object.entries(requestFields(certificate))
      .filter(
        ([field, value]) =>
          JSON.stringify(value) !== JSON.stringify(issuedFor[field]),
      )
      .map(([field]) => `spec.${field}`);
  }
}

/** Issues certificates, and renews them, as cert-manager does. */
export function startCertificates(
  context: ControllerContext,
  options: CertificatesOptions = {},
): RunningController {
  const kubernetes = context.kubernetes.as(
    'cert-manager-certificates-issuing',
    {
      force: true,
    },
  );
  const reconciler = new CertificateReconciler(
    { ...context, kubernetes },
    options,
  );
  const bySecret = certificatesWhere(
    kubernetes,
    (certificate, secret) =>
      certificate.spec?.secretName === secret.metadata.name,
  );
  const byIssuer = certificatesWhere(kubernetes, (certificate, issuer) => {
    const ref = certificate.spec?.issuerRef;
    return (
      ref?.name === issuer.metadata.name &&
      (ref?.kind ?? 'Issuer') === issuer.kind
    );
  });
  return startController({
    name: 'certificates',
    kubernetes,
    log: context.log,
    watches: [
      { apiVersion, kind, concerns: itself },
      { apiVersion: 'v1', kind: 'Secret', concerns: bySecret },
      { apiVersion, kind: 'Issuer', concerns: byIssuer },
      { apiVersion, kind: 'ClusterIssuer', concerns: byIssuer },
    ],
    reconcile: key => reconciler.reconcile(key),
  });
}

function certificatesWhere(
  kubernetes: ControllerCluster,
  matches: (certificate: KubernetesObject, other: KubernetesObject) => boolean,
) {
  return async (other: KubernetesObject) => {
    const { namespace } = other.metadata;
    const all = await kubernetes.list({ apiVersion, kind, namespace });
    return all.filter(certificate => matches(certificate, other)).map(keyOf);
  };
}

function readyCondition(dates: { notAfter: Date }, now: Date): Condition {
  const type = 'Ready';
  if (now < dates.notAfter) {
    return {
      type,
      status: 'True',
      reason: 'Ready',
      message: 'Certificate is up to date and has not expired',
    };
  }
  return {
    type,
    status: 'False',
    reason: 'Expired',
    message: `Certificate expired on ${dates.notAfter
      .toUTCString()
      .replace('GMT', 'UTC')}`,
  };
}

/** The fields of a spec whose change makes a new request. */
function requestFields({ spec }: KubernetesObject): Record<string, unknown> {
  const { commonName, dnsNames, ipAddresses, uris, emailAddresses } = spec;
  const { subject, usages, isCA, duration } = spec;
  return {
    commonName,
    dnsNames,
    ipAddresses,
    uris,
    emailAddresses,
    subject,
    usages,
    isCA,
    duration,
  };
}
