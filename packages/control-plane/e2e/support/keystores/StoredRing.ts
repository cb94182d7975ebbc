import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { Client, types, type ClientOptions } from 'cassandra-driver';
import { until, type Cluster } from '../../../src';

const CERT_MANAGER = 'cert-manager.io/v1';
const ISSUED_WITHIN_MS = 30_000;

/** What a client has: whom it trusts, and what it shows. */
export interface Identity {
  readonly caPem: string;
  readonly certificatePem?: string;
  readonly keyPem?: string;
}

/** A ring, and how its operator calls what it made of it. */
export interface RingNames {
  readonly name: string;
  readonly namespace: string;
  /** @default the ring's name */
  readonly datacenter?: string;
  /** How nodetool is run in a node's container. @default by its name alone */
  readonly nodetool?: readonly string[];
}

/** What the tests ask about a ring with TLS of its own. */
export class StoredRing {
  readonly datacenter: string;

  constructor(
    private readonly cluster: Pick<Cluster, 'kubectl' | 'kubernetes'>,
    readonly spec: RingNames,
  ) {
    this.datacenter = spec.datacenter ?? spec.name;
  }

  /** Verified by clients. */
  get serverName(): string {
    const { name, namespace } = this.spec;
    return `${name}-${this.datacenter}-service.${namespace}.svc.cluster.local`;
  }

  /** `kubectl get` in its namespace. */
  async read(...what: readonly string[]): Promise<any> {
    const args = ['get', ...what, '-n', this.spec.namespace, '-o', 'json'];
    return JSON.parse(await this.cluster.kubectl(args));
  }

  /** Verified by nodes, and where. */
  get peer() {
    const { name, namespace } = this.spec;
    const servername = `${name}-${this.datacenter}-all-pods-service.${namespace}.svc`;
    return { port: 7000, servername };
  }

  pod(ordinal: number): string {
    const { name } = this.spec;
    return `${name}-${this.datacenter}-default-sts-${ordinal}`;
  }

  async addresses(): Promise<string[]> {
    const { items } = await this.read(
      'pods',
      '-l',
      `cassandra.datastax.com/datacenter=${this.datacenter}`,
    );
    return items.flatMap(({ status }: any) => status.podIP ?? []);
  }

  nodetool(ordinal: number, ...words: readonly string[]): Promise<string> {
    const { nodetool = ['nodetool'] } = this.spec;
    return this.exec(ordinal, ...nodetool, ...words);
  }

  /** Runs a command in a node's container. */
  exec(ordinal: number, ...command: readonly string[]): Promise<string> {
    const { namespace } = this.spec;
    return this.cluster.kubectl([
      ...['exec', '-n', namespace, this.pod(ordinal)],
      ...['-c', 'cassandra', '--', ...command],
    ]);
  }

  /** The content of a Secret. */
  async secret(name: string): Promise<Record<string, Buffer>> {
    const { data } = await this.read('secret', name);
    return Object.fromEntries(
      Object.entries<string>(data).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64'),
      ]),
    );
  }

  /** The certificate of a Secret and its key. */
  async certificate(name: string): Promise<Required<Identity>> {
    const secret = await this.secret(name);
    return {
      caPem: secret['ca.crt'].toString(),
      certificatePem: secret['tls.crt'].toString(),
      keyPem: secret['tls.key'].toString(),
    };
  }

  /** A client's own certificate by one of the database's CAs, and that CA. */
  async issue(name: string, issuer: string): Promise<Required<Identity>> {
    const { namespace } = this.spec;
    await this.cluster.kubernetes.apply(
      {
        apiVersion: CERT_MANAGER,
        kind: 'Certificate',
        metadata: { name, namespace },
        spec: {
          secretName: name,
          commonName: name,
          duration: '168h',
          usages: ['client auth', 'digital signature'],
          privateKey: { algorithm: 'ECDSA', size: 256, encoding: 'PKCS8' },
          issuerRef: { kind: 'Issuer', name: issuer },
        },
      },
      { force: true },
    );
    await until(
      `${name} is issued by ${issuer}`,
      ISSUED_WITHIN_MS,
      async () => {
        const { metadata, status } = await this.read('certificate', name);
        const ready = status?.conditions?.find(
          (it: any) => it.type === 'Ready',
        );
        return (
          ready?.status === 'True' &&
          ready.observedGeneration === metadata.generation
        );
      },
    );
    return this.certificate(name);
  }

  /** A driver of the application role; it verifies CA and name. */
  async driver(
    identity: Identity | undefined,
    options: ClientOptions = {},
  ): Promise<Client> {
    const login = await this.secret(`${this.spec.name}-app`);
    return new Client({
      contactPoints: await this.addresses(),
      localDataCenter: this.datacenter,
      credentials: {
        username: login.username.toString(),
        password: login.password.toString(),
      },
      ...(identity && {
        sslOptions: {
          ca: [identity.caPem],
          cert: identity.certificatePem,
          key: identity.keyPem,
          servername: this.serverName,
          rejectUnauthorized: true,
        },
      }),
      queryOptions: {
        consistency: types.consistencies.localQuorum,
        isIdempotent: true,
      },
      ...options,
    });
  }

  /** A handshake that verifies CA and name. */
  async handshake(
    host: string,
    identity: Identity,
    { port = 9042, servername = this.serverName } = {},
  ): Promise<TLSSocket> {
    const socket = connect({
      host,
      port,
      ca: [identity.caPem],
      cert: identity.certificatePem,
      key: identity.keyPem,
      servername,
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  /** The serial numbers of what the nodes show now: one where all show the same. */
  async servedSerials(identity: Identity): Promise<string[]> {
    const serials = new Set<string>();
    for (const address of await this.addresses()) {
      const socket = await this.handshake(address, identity);
      serials.add(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    }
    return [...serials];
  }

  /** Who signed what each node shows now, by its address. */
  async servedBy(identity: Identity): Promise<Record<string, string>> {
    const served: Record<string, string> = {};
    for (const address of await this.addresses()) {
      const socket = await this.handshake(address, identity);
      served[address] = socket.getPeerCertificate().issuer.CN as string;
      socket.destroy();
    }
    return served;
  }
}
