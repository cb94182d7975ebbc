import {
  CQL_PORT,
  PASSWORD_VARIABLE,
  type Client,
  type ClientValues,
} from './Client';
import { shellWord, stringLiteral } from './quote';

const STATUS_PORT = 8080;
/** Has `npx` and is kept up to date by others; its user `node` is no root. */
const PROXY_IMAGE = 'node:24-alpine';
const PROXY_USER = 1000;
/** Stands for the program that connects. */
const APP_IMAGE = 'cassandra:5.0';

const PROXY_COMMAND = JSON.stringify([
  ...['npx', '--yes', '@ringfence/connect', 'up', '/bundle'],
  ...['--rewrite-peers', '--status-port', String(STATUS_PORT)],
]);

/** Shell lines: cqlsh with the password of a file, which no list of processes shows. */
const cqlsh = (username: string, passwordFile: string) => [
  'umask 077',
  `printf '[plain_text_auth]\\nusername = %s\\npassword = %s\\n' ${shellWord(
    username,
  )} "$(cat ${passwordFile})" >/tmp/credentials`,
  `cqlsh --credentials=/tmp/credentials -e 'SELECT cluster_name, release_version FROM system.local' 127.0.0.1 ${CQL_PORT}`,
];

const indented = (text: string, spaces: number) =>
  text.trimEnd().replace(/^(?=.)/gm, ' '.repeat(spaces));

/** One shell word for a list of YAML, as Compose takes it: it replaces $NAME, not $$NAME. */
const composeText = (lines: readonly string[]) =>
  stringLiteral(lines.join('\n').replace(/\$/g, '$$$$'));

const composeFile = ({
  username,
  certificate,
}: ClientValues) => `# Start it in the bundle's folder; it takes the password from ${PASSWORD_VARIABLE}.
services:
  app:
    # Put your own program in its place: it finds the database at 127.0.0.1:${CQL_PORT}.
    image: ${APP_IMAGE}
    command:
      - sh
      - -ec
      - ${composeText(cqlsh(username, '/run/secrets/password'))}
    # One network for both: the plaintext between them leaves it nowhere.
    network_mode: service:ringfence-connect
    depends_on:
      ringfence-connect: { condition: service_healthy }
    # A file of its own: in the environment "docker inspect" would show it.
    secrets: [password]

  ringfence-connect:
    # npx fetches the proxy at each start; an image of your own with
    # "npm install --global @ringfence/connect" needs no registry then.
    image: ${PROXY_IMAGE}
    # --rewrite-peers: drivers need no configuration, and never dial a node's own address.
    command: ${PROXY_COMMAND}
    environment: { npm_config_cache: /tmp/npm }
    volumes: ['..:/bundle:ro']
    # It needs no rights at all${
      certificate
        ? `, but must be the user that may read ${certificate.key}`
        : ''
    }.
    user: '${certificate ? `\${BUNDLE_OWNER:-${PROXY_USER}}` : PROXY_USER}'
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    read_only: true
    tmpfs: [/tmp]
    healthcheck:
      test: [CMD, wget, -q, -O, /dev/null, 'http://127.0.0.1:${STATUS_PORT}/readyz']
      interval: 2s
      retries: 60

secrets:
  password: { environment: ${PASSWORD_VARIABLE} }
`;

/** Docker Compose: the program and the proxy share one network. */
export const compose: Client = {
  id: 'docker-compose',
  title: 'Docker Compose',
  language: 'yaml',
  note: 'Any image connects in plaintext to a proxy beside it, which verifies the database.',
  insistsOnHybrid: true,
  run: ({ certificate }) => [
    `${
      certificate ? 'BUNDLE_OWNER=$(id -u) ' : ''
    }docker compose -f docker-compose/compose.yaml run --rm app`,
  ],
  files: values => [
    {
      path: 'docker-compose/compose.yaml',
      description: 'A program, and ringfence-connect beside it',
      text: composeFile(values),
    },
  ],
};

const kubernetesNames = ({ database }: ClientValues) => ({
  client: `${database}-client`,
  bundle: `${database}-bundle`,
  login: `${database}-login`,
  certificate: `${database}-client-certificate`,
});

const bundleVolume = (values: ClientValues) => {
  const { bundle, certificate } = kubernetesNames(values);
  if (!values.certificate) {
    return `        - { name: bundle, configMap: { name: ${bundle} } }\n`;
  }
  return `        - name: bundle
          projected:
            defaultMode: 0440
            sources:
              - configMap: { name: ${bundle} }
              # The bundle's README makes it, too.
              - secret: { name: ${certificate} }
`;
};

const manifests = (values: ClientValues) => {
  const { client, bundle, login } = kubernetesNames(values);
  const { username, connectionText, ca } = values;
  const connect = cqlsh(username, '/login/password');
  return `# The Secret "${login}" with the key "password" must be there first: the bundle's README
# makes it. It is not in here, so that this file may be kept with your code.
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${bundle}
data:
  connection.json: |
${indented(connectionText, 4)}
  ${ca.file}: |
${indented(ca.pem, 4)}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${client}
spec:
  selector:
    matchLabels: { app.kubernetes.io/name: ${client} }
  template:
    metadata:
      labels: { app.kubernetes.io/name: ${client} }
    spec:
      # Neither container asks the API server for anything.
      automountServiceAccountToken: false
${
  values.certificate
    ? `      # The proxy reads the key as a member of this group.
      securityContext: { fsGroup: ${PROXY_USER} }
`
    : ''
}      initContainers:
        # A sidecar (Kubernetes 1.29 or later): ready before the program starts, there until it has ended.
        - name: ringfence-connect
          restartPolicy: Always
          # npx fetches the proxy at each start; an image of your own with
          # "npm install --global @ringfence/connect" needs no registry then.
          image: ${PROXY_IMAGE}
          # It takes the bundle's in-cluster address here.
          # --rewrite-peers: drivers need no configuration, and never dial a node's own address.
          command: ${PROXY_COMMAND}
          env: [{ name: npm_config_cache, value: /tmp/npm }]
          startupProbe:
            httpGet: { path: /readyz, port: ${STATUS_PORT} }
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /readyz, port: ${STATUS_PORT} }
          # It needs no rights at all.
          securityContext:
            runAsNonRoot: true
            runAsUser: ${PROXY_USER}
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
            seccompProfile: { type: RuntimeDefault }
          volumeMounts:
            - { name: bundle, mountPath: /bundle, readOnly: true }
            - { name: tmp, mountPath: /tmp }
      containers:
        # Put your own program in its place: it finds the database at 127.0.0.1:${CQL_PORT},
        # in the pod's own network, which the plaintext never leaves.
        - name: app
          image: ${APP_IMAGE}
          command:
            - sh
            - -ec
            - ${stringLiteral([...connect, 'exec sleep infinity'].join('\n'))}
          volumeMounts:
            # A file: other than the environment it is not handed on to every process.
            - { name: login, mountPath: /login, readOnly: true }
      volumes:
${bundleVolume(
  values,
)}        - { name: login, secret: { secretName: ${login} } }
        - { name: tmp, emptyDir: {} }
`;
};

/** The command that makes the Secret: the password is on no command line. */
const makeSecret = (values: ClientValues) =>
  `printf %s "$${PASSWORD_VARIABLE}" | kubectl create secret generic ${
    kubernetesNames(values).login
  } --from-file=password=/dev/stdin`;

/** The same for the client's certificate and its key. */
const makeCertificateSecret = (values: ClientValues) => {
  const { certificate } = values;
  if (!certificate) return [];
  const name = kubernetesNames(values).certificate;
  return [
    `kubectl create secret generic ${name} --from-file=${certificate.certificate} --from-file=${certificate.key}`,
  ];
};

/** Kubernetes: the proxy as a sidecar of the program's pod. */
export const kubernetes: Client = {
  id: 'kubernetes',
  title: 'Kubernetes',
  language: 'yaml',
  note: 'For programs in the same Kubernetes cluster, in plaintext to a sidecar which verifies the database.',
  insistsOnHybrid: true,
  run: values => [
    makeSecret(values),
    ...makeCertificateSecret(values),
    'kubectl apply -f kubernetes/client.yaml',
    `kubectl logs -f deployment/${kubernetesNames(values).client} -c app`,
  ],
  files: values => [
    {
      path: 'kubernetes/client.yaml',
      description: 'A Deployment with ringfence-connect as a sidecar',
      text: manifests(values),
    },
  ],
};
