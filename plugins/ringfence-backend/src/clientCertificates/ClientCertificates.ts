import { X509Certificate } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  clientCertificateRequestSchema,
  MANAGED_BY_LABEL,
  MANAGER,
  type DatabaseRef,
  type IssuedClientCertificate,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  certificateReady,
  clientCertificateManifest,
  names,
  type AccessRecipe,
  type Fact,
  type KubernetesCluster,
  type KubernetesObject,
  type ObjectRef,
  type Secret,
} from '@ringfence/backstage-plugin-ringfence-node';
import { makeKeystore } from '../access/keystore';
import { readCertificates } from '../checks/x509';
import { runChange } from '../credentials/runChange';
import { systemClock, type Clock } from '../provisioning/clock';
import { RefusedError } from '../provisioning/errors';
import type { Operated } from '../provisioning/operate';
import type { ProvisionerDeps } from '../provisioning/Provisioner';
import { askFor, issuedAgain } from '../provisioning/renew';
import type { RunOptions } from '../provisioning/Session';
import { waitFor } from '../provisioning/waits';
import { readSecret } from '../tools/credentials';
import { isOverdue, issuedOf, type Request } from './request';

const CERTIFICATE = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
} as const;

/** A team's certificate with its key. */
export interface NewClientCertificate {
  readonly certificate: IssuedClientCertificate;
  /** The certificate, then those between it and its CA. */
  readonly certificatePem: string;
  readonly keyPem: Secret;
  /** PKCS #12 with both; as secret as the key. */
  keystore(): Uint8Array;
  readonly notAfter: Date;
}

export interface ClientCertificatesDeps
  extends Pick<
    ProvisionerDeps,
    'clusters' | 'blueprints' | 'createTools' | 'clock'
  > {
  /** What watches tell of the Certificates of a database. @default nothing */
  readonly seen?: (
    ref: DatabaseRef,
  ) => Promise<Fact<readonly KubernetesObject[]>>;
}

/**
 * Certificates that teams show to the gateway, or to nodes that end TLS
 * themselves: one for each, by cert-manager, from the database's CA for clients.
 * They live for a week and are renewed by their teams. Nobody reads revocation
 * lists: what was revoked is not renewed, and gets in until its end.
 */
export class ClientCertificates {
  readonly #deps: ClientCertificatesDeps;
  readonly #clock: Clock;

  constructor(deps: ClientCertificatesDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  /** Those issued for a database, by team; nothing secret. */
  async list(ref: DatabaseRef): Promise<IssuedClientCertificate[]> {
    const { kubernetes } = this.#deps.clusters.get(ref.kubernetesCluster);
    const certificates = await kubernetes.list({
      ...CERTIFICATE,
      namespace: ref.namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGER },
    });
    return issuedAmong(certificates).sort((a, b) => (a.team < b.team ? -1 : 1));
  }

  /**
   * Issues a team's certificate, or renews it with a new key. The one before
   * stays valid until its end.
   *
   * @throws InputError where the request makes no sense
   * @throws ConflictError where nobody asks clients for certificates
   */
  async issue(
    ref: DatabaseRef,
    request: unknown,
    options: RunOptions,
  ): Promise<NewClientCertificate> {
    const { team } = parse(request);
    return runChange(this.#deps, this.#clock, ref, options, operated =>
      this.#issue(operated, team, options.actor),
    );
  }

  /**
   * The certificate that a team has now.
   *
   * @throws NotFoundError where it has none
   */
  async read(
    ref: DatabaseRef,
    name: string,
    team: string,
  ): Promise<NewClientCertificate> {
    const { kubernetes } = this.#deps.clusters.get(ref.kubernetesCluster);
    const found = await kubernetes.get(refOf(ref, { name }, team));
    const issued = found && issuedOf(found);
    if (!issued) throw new NotFoundError(noneFor(team, ref));
    return withKey(kubernetes, ref, issued);
  }

  /** Removes Certificate and Secret. @throws NotFoundError where the team has none */
  async revoke(
    ref: DatabaseRef,
    team: string,
    options: RunOptions,
  ): Promise<void> {
    await runChange(this.#deps, this.#clock, ref, options, async operated => {
      const certificate = refOf(ref, operated.spec, team);
      if (!(await operated.run.kubernetes.get(certificate))) {
        throw new RefusedError(noneFor(team, ref), {
          name: NotFoundError.name,
          remedy: 'List those that were issued',
        });
      }
      await remove(operated, certificate);
    });
  }

  /** Removes those that their teams did not renew. @returns how many */
  async sweep(ref: DatabaseRef, options: RunOptions): Promise<number> {
    const now = this.#clock.now();
    const isDue = (it: IssuedClientCertificate) => isOverdue(it, now);
    // Hardly ever is there one: watches know, and nobody has to be asked.
    const seen = await this.#deps.seen?.(ref);
    if (seen?.known && !issuedAmong(seen.value).some(isDue)) return 0;
    if (!(await this.list(ref)).some(isDue)) return 0;
    return runChange(this.#deps, this.#clock, ref, options, async operated => {
      // Whoever held the Lease until now may have renewed one.
      const overdue = (await this.list(ref)).filter(isDue);
      for (const { team } of overdue) {
        await remove(operated, refOf(ref, operated.spec, team));
      }
      return overdue.length;
    });
  }

  async #issue(
    { run, spec, blueprint }: Operated,
    team: string,
    actor: string,
  ): Promise<NewClientCertificate> {
    const recipe = blueprint.access(spec);
    const { clientCertificates } = recipe;
    if (!clientCertificates) throw noneAsked(run.name, recipe);
    const request: Request = {
      issuedBy: actor,
      issuedAt: this.#clock.now().toISOString(),
    };
    const ref = refOf(run.ref, spec, team);
    const before = await run.kubernetes.get(ref);
    await run.kubernetes.apply(
      clientCertificateManifest(spec, {
        team,
        request: JSON.stringify(request),
        issuer: clientCertificates.issuer,
      }),
    );
    if (before?.status?.revision) {
      await waitFor(run, issuedAgain(ref, await askFor(run, ref)));
    } else {
      await waitFor(
        run,
        certificateReady(ref, () => this.#clock.now()),
      );
    }
    const issued = issuedOf((await run.kubernetes.get(ref))!)!;
    return withKey(run.kubernetes, run.ref, issued);
  }
}

function issuedAmong(certificates: readonly KubernetesObject[]) {
  return certificates.flatMap(certificate => issuedOf(certificate) ?? []);
}

function parse(request: unknown) {
  const result = clientCertificateRequestSchema.safeParse(request);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new InputError(`${path.join('.') || 'certificate'}: ${message}`);
}

function refOf(
  { namespace }: DatabaseRef,
  { name }: { readonly name: string },
  team: string,
): ObjectRef {
  const certificate = names.clientCertificate({ name, namespace }, team);
  return { ...CERTIFICATE, namespace, name: certificate };
}

function noneFor(team: string, { namespace }: DatabaseRef): string {
  return `Team "${team}" has no client certificate in namespace "${namespace}"`;
}

/** Nodes that end TLS themselves ask wherever they do so: what is left is a gateway, or no way in. */
function noneAsked(name: string, { exposure }: AccessRecipe): RefusedError {
  const [message, remedy] =
    exposure === 'none'
      ? [
          `Database "${name}" has no way in with TLS, so nobody asks for client certificates`,
          'See its spec: a way in takes a gateway, or TLS of its own for clients',
        ]
      : [
          `The gateway of database "${name}" asks for no client certificates`,
          'Provision it with access.clientCertificates optional or required',
        ];
  return new RefusedError(message, { name: ConflictError.name, remedy });
}

async function remove({ run }: Operated, certificate: ObjectRef) {
  // The Certificate first: cert-manager would make the Secret again.
  await run.kubernetes.delete(certificate);
  const { name, namespace } = certificate;
  await run.kubernetes.delete({
    ...{ apiVersion: 'v1', kind: 'Secret' },
    ...{ name, namespace },
  });
}

async function withKey(
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
  certificate: IssuedClientCertificate,
): Promise<NewClientCertificate> {
  const { 'tls.crt': chain, 'tls.key': keyPem } = await readSecret(
    kubernetes,
    ref,
    certificate.secret,
  );
  if (!chain || !keyPem) {
    throw new NotFoundError(
      `Secret "${ref.namespace}/${certificate.secret}" holds no certificate and key yet`,
    );
  }
  const certificatePem = chain.reveal();
  const notAfter = new Date(new X509Certificate(certificatePem).validTo);
  return {
    certificate: { ...certificate, notAfter: notAfter.toISOString() },
    ...{ certificatePem, keyPem, notAfter },
    keystore: () =>
      makeKeystore(readCertificates(certificatePem), keyPem.reveal()),
  };
}
