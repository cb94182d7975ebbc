import {
  Telemetry,
  type Flow,
  type FlowConnection,
  type FlowEnds,
  type MeshState,
  type TelemetryOptions,
} from '@ringfence/data-plane';

/**
 * The telemetry of a mesh with a ztunnel on each node: a connection is counted
 * by the ztunnel of its source's node and by that of its destination's.
 */
export class MeshTelemetry extends Telemetry {
  readonly #nodes: ReadonlyMap<string, Telemetry>;
  #pods: MeshState['pods'] = [];

  constructor(nodes: readonly string[], options: TelemetryOptions) {
    super(options);
    this.#nodes = new Map(nodes.map(node => [node, new Telemetry(options)]));
  }

  /** What the ztunnel of one node has seen. */
  ofNode(node: string): Telemetry {
    return this.#nodes.get(node) ?? this.#first;
  }

  /** What the ztunnel of the node with a pod of this address has seen. */
  ofAddress(address: string): Telemetry {
    return this.ofNode(
      this.#pods.find(it => it.address === address)?.node ?? '',
    );
  }

  override open(flow: Flow, ends: FlowEnds): FlowConnection {
    const both = flow.securityPolicy === 'mutual_tls';
    const reporters =
      flow.reporters ?? (both ? ['source', 'destination'] : ['destination']);
    const counted = reporters.map(reporter => {
      const telemetry = this.ofNode(
        reporter === 'source'
          ? this.#sourceNode(flow)
          : this.#destinationNode(ends),
      );
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

  #destinationNode({ destination }: FlowEnds): string {
    const address = destination.slice(0, destination.lastIndexOf(':'));
    return this.#pods.find(it => it.address === address)?.node ?? '';
  }
}
