import { z } from 'zod/v3';

/*
 * As much of each kind as the checks read. What the API server takes is
 * checked by its own schemas, so this refuses only what is no such object:
 * lists that are none, numbers that are texts. Unknown fields pass.
 */

const text = z.string().optional();
const texts = z.array(z.string()).optional();
const labels = z.record(z.string()).optional();
const whole = z.number().optional();

/** An object whose other fields pass; absent passes too. */
function part<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape).passthrough().optional();
}

/** A list of such objects. */
function parts<T extends z.ZodRawShape>(shape: T) {
  return z.array(z.object(shape).passthrough()).optional();
}

const conditions = parts({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
});

const selector = part({
  matchLabels: labels,
  matchExpressions: parts({ key: z.string(), operator: z.string() }),
});

const targets = parts({ kind: z.string(), name: z.string() });

const containers = parts({
  name: z.string(),
  restartPolicy: text,
  command: texts,
  args: texts,
  env: parts({ name: z.string(), value: text }),
  ports: parts({ name: text, hostPort: whole, containerPort: whole }),
});

const ending = part({ reason: text, exitCode: whole, finishedAt: text });
const containerStatuses = parts({
  name: z.string(),
  ready: z.boolean().optional(),
  restartCount: whole,
  state: part({
    running: part({ startedAt: text }),
    waiting: part({ reason: text, message: text }),
    terminated: ending,
  }),
  lastState: part({ terminated: ending }),
});

const SPECS: Readonly<Record<string, z.ZodRawShape>> = {
  Pod: {
    spec: part({
      nodeName: text,
      hostNetwork: z.boolean().optional(),
      initContainers: containers,
      containers,
    }),
    status: part({
      conditions,
      podIP: text,
      podIPs: parts({ ip: z.string() }),
      initContainerStatuses: containerStatuses,
      containerStatuses,
    }),
  },
  StatefulSet: {
    spec: part({
      replicas: whole,
      template: part({
        metadata: part({ labels }),
        spec: part({ containers }),
      }),
      volumeClaimTemplates: parts({ metadata: part({ name: text }) }),
    }),
  },
  Service: {
    spec: part({
      type: text,
      selector: labels,
      externalIPs: texts,
      ports: parts({
        name: text,
        port: z.number(),
        protocol: text,
        appProtocol: text,
        nodePort: whole,
      }),
    }),
  },
  EndpointSlice: {
    endpoints: z
      .array(
        z
          .object({
            addresses: z.array(z.string()),
            conditions: part({ ready: z.boolean().nullish() }),
          })
          .passthrough(),
      )
      .nullish(),
  },
  PersistentVolumeClaim: {
    spec: part({ storageClassName: text }),
    status: part({ phase: text, conditions }),
  },
  NetworkPolicy: {
    spec: part({
      podSelector: selector,
      policyTypes: texts,
      ingress: parts({
        from: parts({
          namespaceSelector: selector,
          podSelector: selector,
          ipBlock: part({ cidr: z.string() }),
        }),
        ports: parts({
          protocol: text,
          port: z.union([z.number(), z.string()]).optional(),
          endPort: whole,
        }),
      }),
    }),
  },
  Gateway: {
    spec: part({
      listeners: parts({
        name: z.string(),
        port: z.number(),
        protocol: z.string(),
      }),
    }),
    status: part({
      conditions,
      addresses: parts({ value: z.string() }),
      listeners: parts({ name: z.string(), conditions }),
    }),
  },
  PeerAuthentication: {
    spec: part({
      selector,
      mtls: part({ mode: text }),
      portLevelMtls: z
        .record(z.object({ mode: text }).passthrough())
        .optional(),
    }),
  },
  AuthorizationPolicy: {
    spec: part({
      selector,
      action: text,
      targetRefs: targets,
      rules: parts({
        from: parts({ source: z.record(texts).optional() }),
        to: parts({ operation: z.record(texts).optional() }),
        when: parts({ key: z.string(), values: texts }),
      }),
    }),
    status: part({ conditions }),
  },
  ServiceEntry: {
    spec: part({
      hosts: texts,
      addresses: texts,
      endpoints: parts({ address: text }),
      workloadSelector: part({ labels }),
    }),
  },
  VirtualService: {
    spec: part({
      hosts: texts,
      tcp: destinations(),
      tls: destinations(),
      http: destinations(),
    }),
  },
  Sidecar: {
    spec: part({
      workloadSelector: part({ labels }),
      ingress: parts({
        port: part({ number: whole }),
        captureMode: text,
        tls: part({ mode: text }),
      }),
    }),
  },
  EnvoyFilter: {
    spec: part({
      workloadSelector: part({ labels }),
      targetRefs: targets,
      configPatches: parts({
        applyTo: text,
        match: part({ context: text }),
        patch: part({
          operation: text,
          value: z.record(z.unknown()).optional(),
        }),
      }),
    }),
  },
  DestinationRule: {
    spec: part({
      host: text,
      trafficPolicy: trafficPolicy(),
      subsets: parts({ trafficPolicy: trafficPolicy() }),
    }),
  },
  Certificate: {
    spec: part({ dnsNames: texts, ipAddresses: texts, secretName: text }),
    status: part({
      conditions,
      notBefore: text,
      notAfter: text,
      renewalTime: text,
      lastFailureTime: text,
      failedIssuanceAttempts: whole,
    }),
  },
  CertificateRequest: { status: part({ conditions, failureTime: text }) },
  Event: {
    reason: text,
    message: text,
    note: text,
    involvedObject: part({ kind: text, name: text }),
    regarding: part({ kind: text, name: text }),
  },
};

const ROUTE: z.ZodRawShape = {
  spec: part({
    parentRefs: parts({ name: z.string(), namespace: text, kind: text }),
    rules: parts({
      backendRefs: parts({
        name: z.string(),
        kind: text,
        namespace: text,
      }),
    }),
  }),
  status: part({
    parents: parts({
      parentRef: z.object({ name: z.string(), namespace: text }).passthrough(),
      conditions,
    }),
  }),
};

function destinations() {
  return parts({ route: parts({ destination: part({ host: text }) }) });
}

function trafficPolicy() {
  const tls = part({ mode: text });
  return part({ tls, portLevelSettings: parts({ tls }) });
}

const METADATA = z
  .object({
    name: z.string().min(1),
    namespace: text,
    labels,
    annotations: labels,
    generation: whole,
    creationTimestamp: text,
  })
  .passthrough();

const schemas = new Map<string, z.ZodTypeAny>();

/** The form of an object of this kind, as far as checks read it. */
export function schemaOf(kind: string): z.ZodTypeAny {
  let schema = schemas.get(kind);
  if (!schema) {
    const shape = kind.endsWith('Route') ? ROUTE : SPECS[kind] ?? {};
    schema = z
      .object({
        apiVersion: z.string(),
        kind: z.string(),
        metadata: METADATA,
        ...shape,
      })
      .passthrough();
    schemas.set(kind, schema);
  }
  return schema;
}
