/* eslint-disable jest/no-export -- a suite that the adapters' own tests run */
import type { ContractContext } from './kubernetesClusterContract';
import {
  condition,
  configMap,
  networkPolicy,
  refOf,
  service,
} from './manifests';

/** What the suite expects of server-side apply. */
export function describeApply(context: () => ContractContext): void {
  describe('apply', () => {
    it('creates what is not there', async () => {
      const { kubernetes, namespace } = context();
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { k: 'v' }),
      );
      expect(applied).toMatchObject({ kind: 'ConfigMap', data: { k: 'v' } });
      expect(applied.metadata.uid).toEqual(expect.any(String));
    });

    it('changes nothing when it is applied a second time', async () => {
      const { kubernetes, namespace } = context();
      const first = await kubernetes.apply(service(namespace, 'a'));
      const second = await kubernetes.apply(service(namespace, 'a'));
      expect(second.metadata.resourceVersion).toBe(
        first.metadata.resourceVersion,
      );
    });

    it('keeps the fields of other managers', async () => {
      const { kubernetes, namespace, applyAs } = context();
      await kubernetes.apply(configMap(namespace, 'a', { ours: '1' }));
      await applyAs('someone-else', configMap(namespace, 'a', { theirs: '1' }));
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { ours: '2' }),
      );
      expect(applied.data).toEqual({ ours: '2', theirs: '1' });
    });

    it('removes a field that it set before and no longer names', async () => {
      const { kubernetes, namespace } = context();
      await kubernetes.apply(
        configMap(namespace, 'a', { stays: '1', goes: '1' }),
      );
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { stays: '1' }),
      );
      expect(applied.data).toEqual({ stays: '1' });
    });

    it('leaves a field that somebody else wants as well', async () => {
      const { kubernetes, namespace, applyAs } = context();
      await kubernetes.apply(
        configMap(namespace, 'a', { ours: '1', both: '1' }),
      );
      await applyAs('someone-else', configMap(namespace, 'a', { both: '1' }));
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { ours: '1' }),
      );
      expect(applied.data).toEqual({ ours: '1', both: '1' });
    });

    it('merges keyed lists item by item', async () => {
      const { kubernetes, namespace, applyAs } = context();
      const theirs = service(namespace, 'a');
      theirs.spec.ports = [
        { name: 'tcp-metrics', port: 9180, protocol: 'TCP', targetPort: 9180 },
      ];
      await kubernetes.apply(service(namespace, 'a'));
      await applyAs('someone-else', theirs);
      const applied = await kubernetes.apply(service(namespace, 'a'));
      expect(applied.spec.ports.map((port: any) => port.port)).toEqual([
        9042, 9180,
      ]);
    });

    it('fails where another manager owns a field with another value, and names it', async () => {
      const { kubernetes, namespace, applyAs } = context();
      await applyAs(
        'someone-else',
        configMap(namespace, 'a', { contested: 'theirs' }),
      );
      await expect(
        kubernetes.apply(configMap(namespace, 'a', { contested: 'ours' })),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        reason: 'FieldManager',
        managers: ['someone-else'],
      });
      const stored = await kubernetes.get(refOf(configMap(namespace, 'a')));
      expect(stored?.data).toEqual({ contested: 'theirs' });
    });

    it('takes the field from its manager where it is forced to, who may then not have it back', async () => {
      const { kubernetes, namespace, applyAs } = context();
      const theirs = configMap(namespace, 'a', {
        contested: 'theirs',
        theirs: '1',
      });
      await applyAs('someone-else', theirs);
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { contested: 'ours' }),
        { force: true },
      );
      expect(applied.data).toEqual({ contested: 'ours', theirs: '1' });
      // Who else applies may do so with a tool that has errors of its own.
      await expect(applyAs('someone-else', theirs)).rejects.toThrow(
        /conflict.*ringfence/is,
      );
    });

    it('tells in a dry run what force would make of it', async () => {
      const { kubernetes, namespace, applyAs } = context();
      await applyAs(
        'someone-else',
        configMap(namespace, 'a', { contested: 'theirs' }),
      );
      const dry = await kubernetes.apply(
        configMap(namespace, 'a', { contested: 'ours' }),
        { force: true, dryRun: true },
      );
      expect(dry.data).toEqual({ contested: 'ours' });
      const stored = await kubernetes.get(refOf(configMap(namespace, 'a')));
      expect(stored?.data).toEqual({ contested: 'theirs' });
    });

    it('may change and remove what create made', async () => {
      const { kubernetes, namespace } = context();
      await kubernetes.create(
        configMap(namespace, 'a', { changes: '1', goes: '1' }),
      );
      const applied = await kubernetes.apply(
        configMap(namespace, 'a', { changes: '2' }),
      );
      expect(applied.data).toEqual({ changes: '2' });
    });

    it('fails where the object has another resourceVersion than asked for', async () => {
      const { kubernetes, namespace } = context();
      const first = await kubernetes.apply(
        configMap(namespace, 'a', { k: '1' }),
      );
      const { resourceVersion } = first.metadata;
      await kubernetes.apply(
        configMap(namespace, 'a', { k: '2' }, { resourceVersion }),
      );
      await expect(
        kubernetes.apply(
          configMap(namespace, 'a', { k: '3' }, { resourceVersion }),
        ),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        reason: 'ResourceVersion',
      });
    });

    it('asks for no resourceVersion of what is not there', async () => {
      const { kubernetes, namespace } = context();
      const metadata = { resourceVersion: '1' };
      const made = await kubernetes.apply(
        configMap(namespace, 'a', { k: '1' }, metadata),
      );
      expect(made.data).toEqual({ k: '1' });
    });

    it('leaves what is gone gone where its uid is asked for', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(configMap(namespace, 'a'));
      await kubernetes.delete(refOf(made));
      const { uid } = made.metadata;
      await expect(
        kubernetes.apply(configMap(namespace, 'a', { k: '1' }, { uid })),
      ).rejects.toMatchObject({ name: 'ConflictError' });
      expect(await kubernetes.get(refOf(made))).toBeUndefined();
    });

    it('raises the generation when the spec changes, and only then', async () => {
      const { kubernetes, namespace } = context();
      const first = await kubernetes.apply(
        networkPolicy(namespace, 'a', ['Ingress']),
      );
      const labelled = await kubernetes.apply(
        networkPolicy(namespace, 'a', ['Ingress'], { some: 'label' }),
      );
      const changed = await kubernetes.apply(
        networkPolicy(namespace, 'a', ['Ingress', 'Egress'], { some: 'label' }),
      );
      expect(labelled.metadata.resourceVersion).not.toBe(
        first.metadata.resourceVersion,
      );
      expect(
        [first, labelled, changed].map(({ metadata }) => metadata.generation),
      ).toEqual([1, 1, 2]);
    });

    it('does not touch the status', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(service(namespace, 'a'));
      await kubernetes.updateStatus({
        ...made,
        status: { conditions: [condition('Kept')] },
      });
      const applied = await kubernetes.apply({
        ...service(namespace, 'a'),
        status: { conditions: [condition('Ignored')] },
      });
      expect(applied.status.conditions).toEqual([condition('Kept')]);
    });

    it("turns a Secret's stringData into data", async () => {
      const { kubernetes, namespace } = context();
      const applied = await kubernetes.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a', namespace },
        stringData: { username: 'orders' },
      });
      expect(applied.data).toEqual({
        username: Buffer.from('orders').toString('base64'),
      });
    });

    it('changes nothing in a dry run, and returns what would be', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(
        configMap(namespace, 'a', { k: '1' }),
      );
      const dry = await kubernetes.apply(
        configMap(namespace, 'a', { k: '2' }),
        { dryRun: true },
      );
      await kubernetes.apply(configMap(namespace, 'b'), { dryRun: true });
      expect(dry.data).toEqual({ k: '2' });
      expect(await kubernetes.get(refOf(made))).toEqual(made);
      expect(
        await kubernetes.get(refOf(configMap(namespace, 'b'))),
      ).toBeUndefined();
    });
  });
}
