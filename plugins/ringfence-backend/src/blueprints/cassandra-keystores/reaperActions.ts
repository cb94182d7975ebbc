import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  names,
  quoteIdentifier,
  quoteText,
  type Action,
  type DatabaseTools,
} from '@ringfence/backstage-plugin-ringfence-node';
import { reaperNames } from './certificates';
import { operatorNames } from './names';
import { reaperLabels } from './networkPolicy';
import { nodeRoute } from './routes';
import type { CassandraKeystoresSpec } from './spec';

/** Where Reaper keeps what it knows. */
export const REAPER_KEYSPACE = 'reaper_db';
const APP_PORT = 8080;
const MAX_REPLICAS = 3;
const ANSWER_TIMEOUT_MS = 30_000;

/** Reaper's keyspace and role: it may do anything in its keyspace, and nothing elsewhere. */
export function makeReaperKeyspace(spec: CassandraKeystoresSpec): Action {
  const replicas = Math.min(spec.replicas, MAX_REPLICAS);
  return {
    name: `make keyspace "${REAPER_KEYSPACE}" and the role of Reaper`,
    async run(tools) {
      const secret = await tools.secret(reaperNames.role(spec));
      const role = quoteIdentifier(secret.username.reveal());
      const password = secret.password.reveal();
      const session = await tools.cql(
        { secret: names.superuserSecret(spec) },
        nodeRoute(spec, 0),
      );
      try {
        await session.execute(
          `CREATE KEYSPACE IF NOT EXISTS ${REAPER_KEYSPACE} WITH replication = {'class': 'NetworkTopologyStrategy', ${quoteText(
            spec.name,
          )}: ${replicas}}`,
        );
        await secretly(password, () =>
          session.execute(
            `CREATE ROLE IF NOT EXISTS ${role} WITH PASSWORD = ${quoteText(
              password,
            )} AND SUPERUSER = false AND LOGIN = true`,
          ),
        );
        await session.execute(
          `GRANT ALL ON KEYSPACE ${REAPER_KEYSPACE} TO ${role}`,
        );
      } finally {
        await session.close();
      }
      return `keyspace "${REAPER_KEYSPACE}" is on ${replicas} nodes, and Reaper may use it`;
    },
  };
}

/** A database may quote a statement in its error. */
async function secretly(password: string, run: () => Promise<unknown>) {
  try {
    await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message.split(password).join('[redacted]'));
  }
}

/** Tells Reaper of the ring; from then on its schedules are made by themselves. */
export function registerAtReaper(spec: CassandraKeystoresSpec): Action {
  return {
    name: 'tell Reaper of the ring',
    async run(tools, signal) {
      const stream = await openReaper(spec, tools);
      const query = new URLSearchParams({
        seedHost: operatorNames.service(spec),
      });
      const status = await put(
        stream,
        `/cluster/${spec.name}?${query}`,
        signal,
      );
      if (status < 200 || status >= 300) {
        throw new Error(
          `Reaper "${spec.namespace}/${reaperNames.deployment(
            spec,
          )}" answered ${status} when it was told of the ring. Look at: kubectl logs -n ${
            spec.namespace
          } deployment/${reaperNames.deployment(spec)}`,
        );
      }
      return status === 201
        ? 'Reaper knows the ring now'
        : 'Reaper knows the ring';
    },
  };
}

async function openReaper(
  spec: CassandraKeystoresSpec,
  tools: DatabaseTools,
): Promise<Duplex> {
  const { namespace } = spec;
  const [pod] = await tools.kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labels: reaperLabels(spec),
  });
  if (!pod) {
    throw new Error(
      `Reaper "${namespace}/${reaperNames.deployment(
        spec,
      )}" has no pod. Look at: kubectl get events -n ${namespace}`,
    );
  }
  return tools.kubernetes.portForward(
    { namespace, pod: pod.metadata.name },
    APP_PORT,
  );
}

/** The status of one PUT without a body. */
function put(stream: Duplex, path: string, signal: AbortSignal) {
  return new Promise<number>((resolve, reject) => {
    const asking = request(
      {
        method: 'PUT',
        path,
        headers: { host: 'reaper', connection: 'close', 'content-length': 0 },
        // A port-forward is all that a socket is to HTTP.
        createConnection: () => stream as any,
        signal: AbortSignal.any([
          signal,
          AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ]),
      },
      response => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      },
    );
    asking.once('error', reject);
    asking.end();
  }).finally(() => stream.destroy());
}
