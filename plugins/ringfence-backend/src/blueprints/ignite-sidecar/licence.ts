import {
  commonLabels,
  type ProbeWait,
  type SecretRecipe,
  type Stage,
  type WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readLicence } from '../../licences/readLicence';
import { APPLICATION, igniteNames, LICENCE_KEY } from './names';
import type { IgniteSidecarSpec } from './spec';

/** Field of what users send that holds the licence; it is kept in its Secret alone. */
export const LICENCE_FIELD = 'gridgain.licence';

/** Name of the Secret that holds the licence. */
export function licenceSecret(spec: IgniteSidecarSpec): string {
  return spec.gridgain.licenceSecret ?? igniteNames.licence(spec);
}

/** The licence, looked at before anything is started with it. */
export function licenceStage(
  spec: IgniteSidecarSpec,
  clock: () => Date = () => new Date(),
): Stage {
  return {
    name: 'licence',
    title: 'Licence of GridGain',
    secrets: spec.gridgain.licenceSecret ? [] : [givenLicence(spec)],
    manifests: () => [],
    waits: [licenceUsable(spec, clock)],
  };
}

function givenLicence(spec: IgniteSidecarSpec): SecretRecipe {
  return {
    name: igniteNames.licence(spec),
    labels: commonLabels(spec, APPLICATION),
    data: { [LICENCE_KEY]: { from: 'given', field: LICENCE_FIELD } },
  };
}

function licenceUsable(spec: IgniteSidecarSpec, clock: () => Date): ProbeWait {
  const secret = licenceSecret(spec);
  const where = `Secret "${spec.namespace}/${secret}"`;
  const command = `kubectl create secret generic ${secret} -n ${spec.namespace} --from-file=${LICENCE_KEY}`;
  const putIt = spec.gridgain.licenceSecret
    ? `Put the licence there: ${command}`
    : `Give the licence with the order (field ${LICENCE_FIELD}), or put it there: ${command}`;
  const refused = (why: string): WaitState => ({
    state: 'failed',
    why: `${where} cannot be used: ${why}`,
    remedy: `Ask GridGain for a licence that is valid, delete the Secret (kubectl delete secret ${secret} -n ${spec.namespace}), and provision again. ${putIt}`,
  });
  return {
    kind: 'probe',
    name: `${where} holds a licence that is valid`,
    // The namespace is made for this database: nobody could put it there before.
    timeoutMs: 10 * 60_000,
    everyMs: 2_000,
    remedy: putIt,
    probe: async tools => {
      const { [LICENCE_KEY]: text } = await tools.secret(secret);
      if (!text) return refused(`it has no key ${LICENCE_KEY}`);
      const answer = readLicence(text.reveal());
      return answer.readable
        ? judge(spec, answer, clock(), refused)
        : refused(answer.why);
    },
  };
}

function judge(
  { replicas }: IgniteSidecarSpec,
  { expiresAt, maxNodes }: { expiresAt?: Date; maxNodes?: number },
  now: Date,
  refused: (why: string) => WaitState,
): WaitState {
  const day = expiresAt?.toISOString().slice(0, 10);
  if (expiresAt && expiresAt <= now) return refused(`it expired on ${day}`);
  if (maxNodes !== undefined && maxNodes < replicas) {
    return refused(`it is for ${maxNodes} nodes, and there are ${replicas}`);
  }
  return {
    state: 'done',
    message: day ? `valid until ${day}` : 'valid without an end',
  };
}
