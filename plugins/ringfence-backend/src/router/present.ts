import {
  stringifyDatabaseRef,
  type BlueprintSummary,
  type CaRotation,
  type DatabaseSummary,
  type FleetRow,
  type Report,
  type WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  authoritiesOf,
  nextStep,
  type AccessRecipe,
  type Blueprint,
  type Operation,
} from '@ringfence/backstage-plugin-ringfence-node';
import { zodToJsonSchema } from 'zod-to-json-schema';
import type {
  StoredDatabase,
  UnreadableDatabase,
} from '../databases/Databases';
import type { Reports } from '../observing';

/** A database as lists show it. */
export function toSummary(database: StoredDatabase): DatabaseSummary {
  const { ref, spec, blueprint, state, simulated } = database;
  return {
    kubernetesCluster: ref.kubernetesCluster,
    namespace: ref.namespace,
    name: spec.name,
    blueprint: spec.blueprint,
    blueprintTitle: blueprint.title,
    owner: spec.owner,
    state,
    ...(simulated && { simulated }),
  };
}

/** How far the rotation of its CA has come; undefined where it has none of its own. */
export function toCaRotation({
  blueprint,
  spec,
}: StoredDatabase): CaRotation | undefined {
  const operations: Operation[] = blueprint.operations(spec);
  if (!operations.some(({ name }) => name === 'rotate-ca')) return undefined;
  const authorities = authoritiesOf(spec);
  return {
    signing: authorities.signing,
    trusted: [...authorities.trusted],
    underWay: authorities.step !== undefined,
    next: nextStep(authorities),
  };
}

const THROUGH: Readonly<Record<AccessRecipe['exposure'], WayIn['through']>> = {
  tls: 'gateway',
  tcp: 'gateway',
  direct: 'nodes',
  none: 'none',
};

/** How clients get in to a database. */
export function toWayIn({ blueprint, spec }: StoredDatabase): WayIn {
  const { exposure, protocol, clientCertificates }: AccessRecipe =
    blueprint.access(spec);
  return {
    through: THROUGH[exposure],
    clientCertificates: clientCertificates?.mode ?? 'off',
    protocol,
  };
}

/** The rows of the fleet page; a database of which there is no report yet, or that cannot be read, is `unknown`. */
export function toFleet(
  databases: readonly StoredDatabase[],
  reports: ReturnType<Reports['all']>,
  unreadable: readonly UnreadableDatabase[] = [],
): FleetRow[] {
  const known = new Map(
    reports.map(({ database, report }) => [
      stringifyDatabaseRef(database.ref),
      report,
    ]),
  );
  return [
    ...databases.map(database =>
      toFleetRow(database, known.get(stringifyDatabaseRef(database.ref))),
    ),
    ...unreadable.map(toUnreadableRow),
  ];
}

function toUnreadableRow({
  ref,
  name,
  owner,
  state,
  why,
}: UnreadableDatabase): FleetRow {
  return {
    kubernetesCluster: ref.kubernetesCluster,
    namespace: ref.namespace,
    name,
    blueprint: 'unknown',
    blueprintTitle: 'Not known',
    owner: owner ?? 'unknown',
    state,
    status: 'unknown',
    // Its spec is written soon after its Namespace.
    headline: state === 'provisioning' ? 'Being created' : why,
  };
}

function toFleetRow(database: StoredDatabase, report?: Report): FleetRow {
  const { spec, blueprint } = database;
  const { version } = spec as { version?: unknown };
  const certificateNotAfter = report?.certificates
    .flatMap(({ notAfter }) => notAfter ?? [])
    .sort()[0];
  return {
    ...toSummary(database),
    ...(version !== undefined && { version: String(version) }),
    replicas: blueprint.observation(spec).replicas,
    status: report?.status ?? 'unknown',
    headline: report?.headline ?? 'Not looked at yet',
    ...(certificateNotAfter && { certificateNotAfter }),
    ...(report && { observedAt: report.observedAt }),
  };
}

/** A blueprint with the JSON Schema of what users write: fields with a default are optional. */
export function toBlueprintSummary(
  blueprint: Blueprint<any>,
): BlueprintSummary {
  const { kind, title, description, schema } = blueprint;
  return {
    kind,
    title,
    description,
    schema: { ...zodToJsonSchema(schema, { $refStrategy: 'none' }) },
  };
}
