import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until, type Cluster } from '../../../src';
import { Look } from '../look';

/** Of this machine, and of no pod: the mesh does not know it. */
const OUTSIDE = '10.0.250.9';
const CQL_PORT = 9042;
const BACK_WITHIN_MS = 120_000;

/** The kinds whose left-overs bend traffic. */
type TrafficRule = 'ServiceEntry' | 'DestinationRule';

/** What somebody does to a database that has sidecars, by kubectl and past its gateway. */
export class SidecarFaults {
  private readonly look: Look;

  constructor(
    private readonly cluster: Cluster,
    private readonly spec: {
      readonly name: string;
      readonly namespace: string;
    },
  ) {
    this.look = new Look(cluster);
  }

  async setInjection(value: 'enabled' | 'disabled'): Promise<void> {
    await this.cluster.kubectl([
      ...['label', 'namespace', this.spec.namespace, '--overwrite'],
      `istio-injection=${value}`,
    ]);
  }

  /** Deletes a node's pod. @returns once it is Ready again, as another one */
  async remakePod(ordinal: number): Promise<any> {
    const name = `${this.spec.name}-${ordinal}`;
    const before = await this.read('pod', name);
    await this.kubectl('delete', 'pod', name);
    return this.ready(ordinal, before.metadata.uid);
  }

  /** @returns a node's pod once it is Ready, and another than the one of this uid */
  async ready(ordinal: number, formerUid?: string): Promise<any> {
    const name = `${this.spec.name}-${ordinal}`;
    return until(`pod ${name} is Ready`, BACK_WITHIN_MS, async () => {
      const pod = await this.read('pod', name);
      const conditions: any[] = pod.status.conditions ?? [];
      const isReady = conditions.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
      return isReady && pod.metadata.uid !== formerUid && pod;
    });
  }

  /** Waits until the kubelet has seen that a node is down. */
  async down(ordinal: number): Promise<void> {
    const name = `${this.spec.name}-${ordinal}`;
    await until(`pod ${name} is not Ready`, BACK_WITHIN_MS, async () => {
      const { status } = await this.read('pod', name);
      const conditions: any[] = status.conditions ?? [];
      return conditions.some(
        it => it.type === 'Ready' && it.status === 'False',
      );
    });
  }

  /** Names the second port of the headless Service. */
  async namePort(name: string): Promise<void> {
    const path = '/spec/ports/1/name';
    await this.patchService([{ op: 'replace', path, value: name }]);
  }

  /** Takes the second port, that of the ring, from the headless Service. */
  async removePort(): Promise<void> {
    await this.patchService([{ op: 'remove', path: '/spec/ports/1' }]);
  }

  /** Makes the headless Service select by other labels, and so name other pods. */
  async setSelector(labels: Record<string, string>): Promise<void> {
    const path = '/spec/selector';
    const { spec } = await this.read('service', this.spec.name);
    const value = { ...spec.selector, ...labels };
    await this.patchService([{ op: 'replace', path, value }]);
  }

  async secondPort(): Promise<{ name: string; port: number }> {
    return (await this.read('service', this.spec.name)).spec.ports[1];
  }

  async setMtls(mode: 'STRICT' | 'PERMISSIVE'): Promise<void> {
    await this.kubectl(
      ...['patch', 'peerauthentication', this.spec.name, '--type=merge', '-p'],
      JSON.stringify({ spec: { mtls: { mode } } }),
    );
  }

  /** As an older installation of the database leaves it behind. */
  async leaveRule(kind: TrafficRule): Promise<void> {
    const host = `${this.spec.name}.${this.spec.namespace}.svc.cluster.local`;
    const specs = {
      ServiceEntry: {
        hosts: [host],
        ports: [{ number: CQL_PORT, name: 'tcp-client', protocol: 'TCP' }],
        resolution: 'NONE',
      },
      DestinationRule: { host, trafficPolicy: { tls: { mode: 'DISABLE' } } },
    };
    const rule = {
      apiVersion: 'networking.istio.io/v1',
      kind,
      metadata: { name: 'left-over', namespace: this.spec.namespace },
      spec: specs[kind],
    };
    await this.cluster.kubectl(['apply', '-f', '-'], JSON.stringify(rule));
  }

  async removeRule(kind: TrafficRule): Promise<void> {
    await this.kubectl('delete', kind.toLowerCase(), 'left-over');
  }

  /** Connects to a node in plaintext, past the gateway, from where the mesh knows nobody. */
  async connectPastGateway(): Promise<Socket> {
    const pod = await this.read('pod', `${this.spec.name}-0`);
    const host = pod.status.podIP;
    const socket = connect({ host, port: CQL_PORT, localAddress: OUTSIDE });
    await once(socket, 'connect');
    return socket;
  }

  read(...what: readonly string[]): Promise<any> {
    return this.look.read(['get', ...what, '-n', this.spec.namespace]);
  }

  private async patchService(patch: object[]): Promise<void> {
    await this.kubectl(
      ...['patch', 'service', this.spec.name, '--type=json', '-p'],
      JSON.stringify(patch),
    );
  }

  private kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectl([...args, '-n', this.spec.namespace]);
  }
}
