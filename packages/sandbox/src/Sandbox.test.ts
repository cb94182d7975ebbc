import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, policies } from 'cassandra-driver';
import type {
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { createSandbox, type Sandbox } from './Sandbox';
import { hasCondition, objectOnce, refOf } from './testing';
import { databaseManifests, ringManifests } from './testing/database';

const stub = () => ({ stub: 'this is a test' });

kubernetesClusterContract('sandbox', async () => {
  const sandbox = await createSandbox({ ring: stub });
  return {
    kubernetes: sandbox.kubernetes,
    applyAs: (manager, manifest) => sandbox.as(manager).apply(manifest),
    teardown: () => sandbox.stop(),
  };
});

describe('a database in the sandbox', () => {
  const namespace = 'orders';
  const labels = { 'istio.io/dataplane-mode': 'ambient' };
  let sandbox: Sandbox;
  let kubernetes: ReturnType<Sandbox['as']>;
  let caPem: string;
  let gatewayHost: string;

  const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({
    apiVersion,
    kind,
    name,
    namespace,
  });
  const gateway = ref(
    'gateway.networking.k8s.io/v1',
    'Gateway',
    'orders-gateway',
  );
  const certificate = ref('cert-manager.io/v1', 'Certificate', 'orders');
  const statefulSet = ref('apps/v1', 'StatefulSet', 'orders');

  beforeAll(async () => {
    sandbox = await createSandbox({ ring: stub });
    kubernetes = sandbox.as('ringfence');
    for (const manifest of databaseManifests({ namespace, labels })) {
      await kubernetes.apply(manifest);
    }
    await objectOnce(
      kubernetes,
      statefulSet,
      set => set.status?.readyReplicas === 3,
    );
    const ready = await objectOnce(kubernetes, gateway, isServing);
    gatewayHost = ready.status.addresses[0].value;
    const secret = await kubernetes.get(ref('v1', 'Secret', 'orders-tls'));
    caPem = Buffer.from(secret!.data['ca.crt'], 'base64').toString();
  });
  afterAll(() => sandbox.stop());

  function handshake(ca = caPem): TLSSocket {
    return connectTls({
      host: gatewayHost,
      port: 9041,
      ca,
      servername: 'orders.example.com',
    });
  }

  function client() {
    return new Client({
      contactPoints: [gatewayHost],
      localDataCenter: 'datacenter1',
      protocolOptions: { port: 9042 },
      credentials: { username: 'cassandra', password: 'cassandra' },
      sslOptions: {
        ca: [caPem],
        rejectUnauthorized: true,
        servername: 'orders.example.com',
      },
      policies: {
        loadBalancing: new policies.loadBalancing.AllowListPolicy(
          new policies.loadBalancing.RoundRobinPolicy(),
          [`${gatewayHost}:9042`],
        ),
      },
    });
  }

  it('serves a certificate that verifies against the CA in the Secret', async () => {
    const socket = handshake();
    await once(socket, 'secureConnect');
    const served = new X509Certificate(socket.getPeerCertificate().raw);
    socket.destroy();
    expect(served.checkHost('orders.example.com')).toBe('orders.example.com');
  });

  it('does not verify against another CA', async () => {
    const other = await kubernetes.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'cert-manager',
      name: 'company-ca',
    });
    const otherCa = Buffer.from(other!.data['tls.crt'], 'base64').toString();
    const error = await failureOf(handshake(otherCa));
    expect(error.code).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });

  it('answers a query of a driver through the gateway', async () => {
    const driver = client();
    await driver.connect();
    const result = await driver.execute(
      'SELECT cluster_name FROM system.local',
    );
    await driver.shutdown();
    expect(result.first().get('cluster_name')).toBe('orders');
  });

  it('serves a renewed certificate to new connections and keeps the open ones', async () => {
    const before = handshake();
    await once(before, 'secureConnect');
    const old = before.getPeerCertificate().fingerprint256;
    const current = (await kubernetes.get(certificate))!;
    const issuing = {
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
      message: '',
    };
    await kubernetes.updateStatus({
      ...current,
      status: {
        ...current.status,
        conditions: [...current.status.conditions, issuing],
      },
    });
    await objectOnce(
      kubernetes,
      certificate,
      it => it.status.revision === current.status.revision + 1,
    );
    const renewedAt = Date.now();
    let served = old;
    while (served === old && Date.now() - renewedAt < 5_000) {
      const socket = handshake();
      await once(socket, 'secureConnect');
      served = socket.getPeerCertificate().fingerprint256;
      socket.destroy();
    }
    expect(served).not.toBe(old);
    expect(Date.now() - renewedAt).toBeLessThan(1_000);
    expect(before.destroyed).toBe(false);
    before.destroy();
  });

  it('says of Gateway and route what istiod says', async () => {
    const status = (await kubernetes.get(gateway))!.status;
    const messages = status.conditions.map((it: any) => it.message);
    const route = await objectOnce(
      kubernetes,
      ref('gateway.networking.k8s.io/v1', 'TCPRoute', 'orders-cql'),
      it => it.status?.parents?.length === 1,
    );
    expect(messages).toEqual([
      'Resource accepted',
      'Resource programmed, assigned to service(s) orders-gateway-istio.orders.svc.cluster.local:9041 and orders-gateway-istio.orders.svc.cluster.local:9042',
      'All references resolved',
    ]);
    expect(
      status.listeners.map((it: any) => [it.name, it.attachedRoutes]),
    ).toEqual([
      ['cql-tls', 1],
      ['cql-tls-native', 1],
    ]);
    expect(route.status.parents[0]).toMatchObject({
      controllerName: 'istio.io/gateway-controller',
      conditions: [
        {
          type: 'Accepted',
          status: 'True',
          message: 'Route was valid, bound to 2 parents',
        },
        { type: 'ResolvedRefs', status: 'True' },
        { type: 'ResolvedWaypoints', status: 'True' },
      ],
    });
  });

  it('runs nodetool in a pod', async () => {
    const pod = { namespace, pod: 'orders-0', container: 'scylla' };
    const { exitCode, stdout } = await kubernetes.exec(pod, [
      'nodetool',
      'status',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^UN /gm)).toHaveLength(3);
  });

  it('runs nothing else', async () => {
    const result = await kubernetes.exec({ namespace, pod: 'orders-0' }, [
      'sh',
      '-c',
      'id',
    ]);
    expect(result).toMatchObject({ exitCode: 127, stdout: '' });
  });

  it('forwards a port of a pod', async () => {
    const socket = await kubernetes.portForward(
      { namespace, pod: 'orders-1' },
      9042,
    );
    // OPTIONS of protocol version 4, answered by SUPPORTED.
    socket.write(Buffer.from([4, 0, 0, 1, 5, 0, 0, 0, 0]));
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(answer[4]).toBe(6);
  });

  it('counts what passed the gateway as mutual TLS to a captured pod', async () => {
    const pods = await kubernetes.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
    });
    const captured = pods.filter(
      pod =>
        pod.metadata.annotations?.['ambient.istio.io/redirection'] ===
        'enabled',
    );
    const ztunnels = await kubernetes.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'istio-system',
      labels: { app: 'ztunnel' },
    });
    const read = (port: number, path: string) =>
      Promise.all(ztunnels.map(pod => httpGet(kubernetes, pod, port, path)));
    const metrics = (await read(15020, '/stats/prometheus')).join('');
    const dump = JSON.parse((await read(15000, '/config_dump'))[0]);

    expect(captured.map(pod => pod.metadata.name).sort()).toEqual([
      'orders-0',
      'orders-1',
      'orders-2',
    ]);
    expect(metrics).toMatch(
      /istio_tcp_connections_opened_total\{reporter="destination",source_workload="orders-gateway-istio".*source_principal="spiffe:\/\/cluster.local\/ns\/orders\/sa\/orders-gateway-istio".*connection_security_policy="mutual_tls"/,
    );
    expect(
      dump.workloads
        .filter((it: any) => it.protocol === 'HBONE')
        .map((it: any) => it.name)
        .sort(),
    ).toEqual(['orders-0', 'orders-1', 'orders-2']);
  });

  it('says on the Namespace that the database is a stub, and why', async () => {
    const found = await kubernetes.get({
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace,
    });
    expect(found!.metadata.annotations!['ringfence.dev/simulated']).toContain(
      'stub that answers logins and system tables and stores nothing: this is a test',
    );
  });

  it('rolls the pods one by one when the template changes, and scales', async () => {
    const uids = async () =>
      (
        await kubernetes.list({
          apiVersion: 'v1',
          kind: 'Pod',
          namespace,
          labels: { 'app.kubernetes.io/instance': 'orders' },
        })
      ).map(pod => pod.metadata.uid);
    const before = await uids();
    const [, , set] = ringManifests({ namespace, revision: '2', replicas: 2 });
    await kubernetes.apply(set);
    const done = (it: KubernetesObject) =>
      it.status.observedGeneration === it.metadata.generation &&
      it.status.updatedReplicas === 2 &&
      it.status.readyReplicas === 2 &&
      it.status.replicas === 2;
    const rolled = await objectOnce(kubernetes, refOf(set), done);
    const after = await uids();
    expect(rolled.status.currentRevision).toBe(rolled.status.updateRevision);
    expect(after).toHaveLength(2);
    expect(after.filter(uid => before.includes(uid))).toEqual([]);
  });
});

/** The error that a connection ends with. */
function failureOf(socket: TLSSocket): Promise<NodeJS.ErrnoException> {
  return new Promise((resolve, reject) => {
    socket.once('error', resolve);
    socket.once('secureConnect', () =>
      reject(new Error('The handshake went well')),
    );
  });
}

/** Accepted and serving on all listeners, with an address. */
function isServing(object: KubernetesObject): boolean {
  return (
    hasCondition('Accepted')(object) &&
    object.status.addresses?.length === 1 &&
    object.status.listeners.every((it: any) => it.attachedRoutes === 1)
  );
}

async function httpGet(
  kubernetes: ReturnType<Sandbox['as']>,
  pod: KubernetesObject,
  port: number,
  path: string,
): Promise<string> {
  const { name, namespace } = pod.metadata;
  const stream = await kubernetes.portForward(
    { namespace: namespace!, pod: name },
    port,
  );
  stream.write(`GET ${path} HTTP/1.0\r\nHost: ztunnel\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}
