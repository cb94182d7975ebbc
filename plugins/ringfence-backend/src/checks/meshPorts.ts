import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { servicesOfPods } from './objects';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from './results';
import { count, list } from './words';

/** A port of a Service, as far as Istio reads its protocol from it. @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/ */
interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** What a sidecar takes apart request by request, which breaks what nodes and clients speak. */
const OTHER_PROTOCOLS =
  /^(http|https|http2|http3|grpc|grpc-web|mongo|mysql|redis|kubernetes\.io\/(h2c|ws|wss))$/;

/** Whether sidecars know that what comes to the database is plain TCP. */
export const meshPorts: Check = {
  id: 'mesh.ports',
  title: "The Services' ports say that they are TCP",
  category: 'mesh',
  reasons: {
    Named:
      'Every port of every Service of the pods is named tcp-..., or says appProtocol: tcp; that of REST may be named http-...',
    PortNotNamed:
      'A port has no name, or one without a protocol: the sidecars guess, wait for bytes that may not come, and fall back.',
    WrongProtocol:
      'A port is named for another protocol, such as http-...: the sidecars take what is spoken there for it and break the connection.',
    NoService: 'No Service selects the pods.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode !== 'sidecar') return [];
    if (!facts.services.known) return notLooked('The Services', facts.services);
    return seenAt(judge(facts, servicesOfPods(facts)), facts.services);
  },
};

function judge(
  facts: Facts,
  services: readonly KubernetesObject[],
): CheckResult {
  if (services.length === 0) {
    return unknown(
      'NoService',
      "No Service selects the database's pods, so no port has a name",
    );
  }
  const ports = services.flatMap(service =>
    portsOf(service).map(port => ({
      port,
      text: `port ${port.port}${
        port.name ? ` ("${port.name}")` : ''
      } of Service "${service.metadata.name}"`,
      service: service.metadata.name,
    })),
  );
  const others = ports.filter(({ port }) => !isRest(facts, port));
  const wrong = others.filter(({ port }) => isOther(port));
  const unnamed = others.filter(({ port }) => !isOther(port) && !isTcp(port));
  const [first] = [...wrong, ...unnamed];
  const evidence = {
    ports: ports.map(({ text }) => text),
    ...(first && { wrong: [...wrong, ...unnamed].map(({ text }) => text) }),
  };
  if (!first) {
    const named =
      others.length < ports.length ? 'named for what it carries' : 'named tcp';
    return ok('Named', `${count(ports.length, 'port')} ${named}`, evidence);
  }
  const remedy = {
    text: 'Name it tcp-..., or press "Repair drift" if the Service is its own.',
    command: `kubectl edit service ${first.service} -n ${facts.database.namespace}`,
  };
  return wrong.length > 0
    ? failing(
        'WrongProtocol',
        `Sidecars take ${list(
          wrong.map(({ text }) => text),
        )} for another protocol than TCP`,
        evidence,
        remedy,
      )
    : warning(
        'PortNotNamed',
        `Sidecars must guess the protocol of ${list(
          unnamed.map(({ text }) => text),
        )}: the name does not begin with tcp`,
        evidence,
        remedy,
      );
}

/** Istio reads the protocols over TCP only; UDP passes it by. */
function portsOf(service: KubernetesObject): readonly ServicePort[] {
  const ports: readonly ServicePort[] = service.spec?.ports ?? [];
  return ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP');
}

/** HTTP it is, and the sidecars may know. */
function isRest({ observation }: Facts, port: ServicePort): boolean {
  return (
    observation.restPort !== undefined &&
    [port.port, port.targetPort].includes(observation.restPort) &&
    protocolOf(port) === 'http'
  );
}

function isTcp(port: ServicePort): boolean {
  return ['tcp', 'tls'].includes(protocolOf(port));
}

function isOther(port: ServicePort): boolean {
  return OTHER_PROTOCOLS.test(protocolOf(port));
}

/** `appProtocol` goes before the name; of the name what is before the first hyphen counts. */
function protocolOf({ name = '', appProtocol }: ServicePort): string {
  return (appProtocol ?? name.split('-')[0]).toLowerCase();
}
