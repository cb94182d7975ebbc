import {
  Telemetry,
  type Flow,
  type FlowConnection,
  type FlowEnds,
  type MeshState,
  type TelemetryOptions,
} from '@ringfence/data-plane';

/**
 * The telemetry of a mesh with a ztunnel on each node and sidecars in some pods:
 * a connection is counted at its source and at its destination, by the pod's
 * sidecar where it has one, else by the ztunnel of its node.
 */
export class MeshTelemetry extends Telemetry {
  readonly #nodes: ReadonlyMap<string, Telemetry>;
  /** By the address of their pod. */
  readonly #sidecars = new Map<string, Telemetry>();
  readonly #options: TelemetryOptions;
  #pods: MeshState['pods'] = [];

  constructor(nodes: readonly string[], options: TelemetryOptions) {
    super(options);
    this.#options = options;
    this.#nodes = new Map(nodes.map(node => [node, new Telemetry(options)]));
  }

  /** What the ztunnel of one node has seen. */
  ofNode(node: string): Telemetry {
    return this.#nodes.get(node) ?? this.#first;
  }

  /** What the proxy of the pod with this address has seen. */
  ofAddress(address: string): Telemetry {
    const pod = this.#pods.find(it => it.address === address);
    return this.#sidecars.get(address) ?? this.ofNode(pod?.node ?? '');
  }

  /** A new sidecar, which has seen nothing. */
  addSidecar(address: string): Telemetry {
    const sidecar = new Telemetry({ ...this.#options, proxy: 'sidecar' });
    this.#sidecars.set(address, sidecar);
    return sidecar;
  }

  removeSidecar(address: string): void {
    this.#sidecars.delete(address);
  }

  override open(flow: Flow, ends: FlowEnds): FlowConnection {
    const both = flow.securityPolicy === 'mutual_tls';
    const reporters =
      flow.reporters ?? (both ? ['source', 'destination'] : ['destination']);
    const counted = reporters.map(reporter => {
      const telemetry =
        reporter === 'source'
          ? this.ofNode(this.#sourceNode(flow))
          : this.ofAddress(hostOf(ends.destination));
      return telemetry.open({ ...flow, reporters: [reporter] }, ends);
    });
    return {
      received: bytes => counted.forEach(it => it.received(bytes)),
      sent: bytes => counted.forEach(it => it.sent(bytes)),
      close: () => counted.forEach(it => it.close()),
    };
  }

  override setMesh(state: Partial<MeshState>): void {
    this.#pods = state.pods ?? this.#pods;
    for (const telemetry of this.#nodes.values()) telemetry.setMesh(state);
  }

  get #first(): Telemetry {
    return this.#nodes.values().next().value!;
  }

  #sourceNode({ source }: Flow): string {
    const pod = this.#pods.find(
      it =>
        it.workload === source.workload && it.namespace === source.namespace,
    );
    return pod?.node ?? '';
  }
}

function hostOf(end: string): string {
  return end.slice(0, end.lastIndexOf(':'));
}
