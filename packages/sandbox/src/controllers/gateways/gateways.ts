import { createSecureContext } from 'node:tls';
import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { GatewayUpstream, Telemetry } from '@ringfence/data-plane';
import type { AddressPool } from '../../runtime/AddressPool';
import type { DataPlane } from '../../runtime/DataPlane';
import { readKeyPair, type KeyPair } from '../certificates';
import type { ControllerCluster, ControllerContext } from '../context';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from '../controller';
import { podStatus } from '../podStatus';
import { RULE_KINDS } from '../sidecars/MeshRules';
import { attachedRoutes, GATEWAY_API, ROUTE_KINDS } from './attachment';
import {
  childManifests,
  childName,
  podManifest,
  serviceHost,
} from './children';
import { clientValidation } from './clientValidation';
import { gatewayStatus } from './gatewayStatus';
import { serviceAddressHolder } from './loadBalancers';
import { GatewayProxies } from './GatewayProxies';
import { joinPorts, leadsOf } from './serverNames';
import { upstreamsOf, type Admission } from './upstreams';

const selector = { apiVersion: GATEWAY_API, kind: 'Gateway' };
const CONTROLLER_NAME = 'istio.io/gateway-controller';
const HTTP = { speaks: 'http', ownUpstreams: true } as const;

export interface GatewaysContext extends ControllerContext {
  readonly addresses: AddressPool;
  readonly dataPlane: DataPlane;
  readonly telemetry: Telemetry;
  /**
   * Reads the policies as they are and tells which pods let a Gateway in.
   *
   * @defaultValue policies are not enforced
   */
  readonly admission?: (gateway: KubernetesObject) => Promise<Admission>;
  /** Further kinds that decide what a Gateway of their namespace reaches. */
  readonly alsoWatched?: ReadonlyArray<{ apiVersion: string; kind: string }>;
}

class GatewayReconciler {
  readonly #context: GatewaysContext;
  readonly #proxies: GatewayProxies;

  constructor(context: GatewaysContext, proxies: GatewayProxies) {
    this.#context = context;
    this.#proxies = proxies;
  }

  async reconcile(key: string): Promise<void> {
    const { kubernetes } = this.#context;
    const gateway = await kubernetes.get(refOfKey(selector, key));
    if (!gateway) return this.#proxies.remove(key);
    if (!(await isOurs(kubernetes, gateway))) return undefined;
    const listeners = await this.#listeners(gateway);
    const routes = await this.#routes(gateway);
    await this.#proxies.update(key, {
      address: this.#listenAddress(gateway),
      identity: {
        workload: childName(gateway),
        namespace: gateway.metadata.namespace!,
        serviceAccount: childName(gateway),
      },
      listeners: joinPorts(
        gateway,
        listeners.filter(({ problem }) => !problem),
      ),
      upstreams: await this.#upstreams(gateway, routes),
      inMesh: await isAmbient(kubernetes, gateway.metadata.namespace!),
    });
    const parameters = await this.#parameters(gateway);
    if (!parameters.invalid)
      await this.#makeChildren(gateway, parameters.found);
    await kubernetes.updateStatus({
      ...gateway,
      status: gatewayStatus(gateway, {
        problems: new Map(
          listeners.flatMap(({ name, problem }) =>
            problem ? [[name, problem] as const] : [],
          ),
        ),
        attachedRoutes: routes,
        address: await this.#address(gateway),
        invalidParameters: parameters.invalid,
        now: this.#context.now(),
      }),
    });
    return undefined;
  }

  async #upstreams(
    gateway: KubernetesObject,
    routes: ReadonlyMap<string, readonly KubernetesObject[]>,
  ) {
    const { kubernetes, admission } = this.#context;
    const admits = await admission?.(gateway);
    const found: GatewayUpstream[] = [];
    for (const { routes: led, ...where } of leadsOf(gateway, routes)) {
      const upstreams = await upstreamsOf(kubernetes, led, admits);
      found.push(...upstreams.map(it => ({ ...it, ...where })));
    }
    return found;
  }

  async #parameters(gateway: KubernetesObject) {
    const { namespace } = gateway.metadata;
    const ref = gateway.spec.infrastructure?.parametersRef;
    if (!ref) return {};
    const found = await this.#context.kubernetes.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: ref.name,
    });
    return found
      ? { found }
      : { invalid: `${ref.kind} ${namespace}/${ref.name} not found` };
  }

  async #makeChildren(
    gateway: KubernetesObject,
    parameters?: KubernetesObject,
  ) {
    const { kubernetes, now } = this.#context;
    for (const manifest of childManifests(gateway, parameters)) {
      const made = await kubernetes.apply(this.#asRun(manifest));
      const makesPods =
        made.kind === 'Deployment' && !this.#context.kubernetesControllers;
      if (!makesPods) continue;
      const pod = await kubernetes.apply(podManifest(made));
      const address = this.#listenAddress(gateway);
      const status = podStatus(
        pod,
        { phase: 'Running', ready: true, address },
        now(),
      );
      await kubernetes.updateStatus({ ...pod, status });
      await kubernetes.updateStatus({ ...made, status: available(made) });
    }
  }

  /** The sandbox runs one proxy for each gateway, whatever its parameters ask for. */
  #asRun(manifest: Manifest): Manifest {
    if (this.#context.kubernetesControllers || manifest.kind !== 'Deployment')
      return manifest;
    return { ...manifest, spec: { ...manifest.spec, replicas: 1 } };
  }

  async #listeners(gateway: KubernetesObject) {
    const { kubernetes } = this.#context;
    const { namespace } = gateway.metadata;
    return Promise.all(
      gateway.spec.listeners.map(async ({ name, port, protocol, tls }: any) => {
        if (protocol === 'TCP') return { name, port };
        const secretName: string = tls?.certificateRefs?.[0]?.name ?? '';
        const ref = {
          apiVersion: 'v1',
          kind: 'Secret',
          namespace,
          name: secretName,
        };
        const pair = readKeyPair(await kubernetes.get(ref));
        const why = pair
          ? unusable(pair)
          : `secret ${namespace}/${secretName} not found`;
        if (!pair || why) {
          const problem = `invalid certificate reference /Secret/${secretName}., ${why}`;
          return { name, port, problem };
        }
        const asked = await clientValidation(kubernetes, gateway, {
          port,
          tls,
        });
        if ('problem' in asked) return { name, port, ...asked };
        const { certificatePem, keyPem } = pair;
        return {
          ...{ name, port, tls: { certificatePem, keyPem } },
          ...(protocol === 'HTTPS' && HTTP),
          ...asked,
        };
      }),
    );
  }

  async #routes(gateway: KubernetesObject) {
    const { kubernetes } = this.#context;
    const all = await Promise.all(
      ROUTE_KINDS.map(kind =>
        kubernetes.list({ apiVersion: GATEWAY_API, kind }),
      ),
    );
    return attachedRoutes(gateway, all.flat());
  }

  #listenAddress(gateway: KubernetesObject): string {
    const { namespace } = gateway.metadata;
    return this.#context.addresses.take(
      serviceAddressHolder(namespace!, childName(gateway)),
    );
  }

  async #address(gateway: KubernetesObject) {
    const { namespace } = gateway.metadata;
    const ref = {
      apiVersion: 'v1',
      kind: 'Service',
      namespace,
      name: childName(gateway),
    };
    const service = await this.#context.kubernetes.get(ref);
    if (service && service.spec.type !== 'LoadBalancer') {
      return { type: 'Hostname', value: serviceHost(gateway) } as const;
    }
    const ip = service?.status?.loadBalancer?.ingress?.[0]?.ip;
    return ip ? ({ type: 'IPAddress', value: ip } as const) : undefined;
  }
}

/** Runs a real proxy for each Gateway of Istio's class, and says of it what istiod says. */
export function startGateways(context: GatewaysContext): RunningController {
  const kubernetes = context.kubernetes.as('istio.io/gateway-controller', {
    force: true,
  });
  const proxies = new GatewayProxies(context);
  const reconciler = new GatewayReconciler({ ...context, kubernetes }, proxies);
  const near = async ({ metadata }: KubernetesObject) =>
    (await kubernetes.list({ ...selector, namespace: metadata.namespace })).map(
      keyOf,
    );
  const watched = [
    { apiVersion: 'v1', kind: 'Secret' },
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    ...ROUTE_KINDS.map(kind => ({ apiVersion: GATEWAY_API, kind })),
    ...RULE_KINDS,
    ...(context.alsoWatched ?? []),
  ];
  const controller = startController({
    name: 'gateways',
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: itself },
      ...watched.map(kind => ({ ...kind, concerns: near })),
    ],
    reconcile: key => reconciler.reconcile(key),
  });
  return {
    async stop() {
      await controller.stop();
      await proxies.stop();
    },
  };
}

async function isOurs(
  kubernetes: ControllerCluster,
  gateway: KubernetesObject,
) {
  const name = gateway.spec.gatewayClassName;
  const gatewayClass = await kubernetes.get({
    apiVersion: GATEWAY_API,
    kind: 'GatewayClass',
    name,
  });
  return gatewayClass?.spec?.controllerName === CONTROLLER_NAME;
}

async function isAmbient(kubernetes: ControllerCluster, name: string) {
  const namespace = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Namespace',
    name,
  });
  return namespace?.metadata.labels?.['istio.io/dataplane-mode'] === 'ambient';
}

function unusable({ certificatePem, keyPem }: KeyPair): string | undefined {
  try {
    createSecureContext({ cert: certificatePem, key: keyPem });
    return undefined;
  } catch (error) {
    return `the certificate is malformed: ${(error as Error).message}`;
  }
}

function available(made: KubernetesObject) {
  return {
    observedGeneration: made.metadata.generation,
    replicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    updatedReplicas: 1,
  };
}
