import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Log } from '@ringfence/data-plane';
import {
  injectSidecar,
  mintCertificate,
  takesSidecar,
  type WebhookClient,
} from '@ringfence/sandbox/controllers';

const ADDRESS = '127.0.0.1';
const PATH = '/inject';
/** Longer than any run. */
const VALID_MS = 30 * 24 * 3_600_000;

/** Istio's webhook for new pods. */
export interface Injector {
  /** Where the API server finds it, and the CA by which it verifies that. */
  readonly client: WebhookClient;
  stop(): Promise<void>;
}

/** The part of `admission.k8s.io/v1` AdmissionReview that is needed. */
interface AdmissionRequest {
  readonly uid: string;
  readonly namespace: string;
  readonly object: KubernetesObject;
}

/**
 * Puts sidecars into the pods that the API server sends, as istiod's webhook
 * does: the selectors of its configuration have decided which.
 */
export async function startInjector(log: Log): Promise<Injector> {
  const { ca, ...identity } = await mintIdentity();
  const server = createServer(identity, (request, response) => {
    answer(request, response).catch(error => {
      log.error(`Sidecar injection: ${error}`);
      response.writeHead(500).end();
    });
  });
  server.listen(0, ADDRESS);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    client: {
      url: `https://${ADDRESS}:${port}${PATH}`,
      caBundle: Buffer.from(ca).toString('base64'),
    },
    stop: () => close(server),
  };
}

/** A CA of its own, as istiod has one, and a certificate from it. */
async function mintIdentity() {
  const now = Date.now();
  const dates = {
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + VALID_MS),
  };
  const ca = await mintCertificate(
    { isCA: true, commonName: 'sidecar injector CA' },
    dates,
  );
  const own = await mintCertificate(
    { ipAddresses: [ADDRESS], usages: ['digital signature', 'server auth'] },
    dates,
    ca,
  );
  return { ca: ca.certificatePem, cert: own.certificatePem, key: own.keyPem };
}

async function answer(request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'POST' || request.url?.split('?')[0] !== PATH) {
    response.writeHead(404).end();
    return;
  }
  const review = (await json(request)) as { request: AdmissionRequest };
  const { uid, namespace, object } = review.request;
  const patch = patchOf(object, namespace);
  const body = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      }),
    },
  };
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}

/** `add` replaces what is there. */
function patchOf(pod: KubernetesObject, namespace: string) {
  if (!takesSidecar(pod)) return undefined;
  // A pod from a template has its namespace in the request only.
  const metadata = { ...pod.metadata, namespace };
  const injected: KubernetesObject = injectSidecar({ ...pod, metadata });
  const { labels, annotations } = injected.metadata;
  const { initContainers, volumes, serviceAccountName } = injected.spec;
  return [
    { op: 'add', path: '/metadata/labels', value: labels },
    { op: 'add', path: '/metadata/annotations', value: annotations },
    { op: 'add', path: '/spec/initContainers', value: initContainers },
    { op: 'add', path: '/spec/volumes', value: volumes },
    {
      op: 'add',
      // The admission plugin that names an account is off here.
      path: '/spec/serviceAccountName',
      value: serviceAccountName ?? 'default',
    },
  ];
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
