/* eslint-disable jest/no-export -- a suite that the adapters' own tests run */
import type { Manifest } from '../kubernetes';
import {
  namespaceManifest,
  namespaceRef,
  type ContractContext,
} from './kubernetesClusterContract';
import { condition, configMap, refOf, service } from './manifests';
import { eventually } from './eventually';

/** What the suite expects of create, updateStatus and delete, and of what is refused. */
export function describeWriting(context: () => ContractContext): void {
  describe('create', () => {
    it('fails with AlreadyExists where there is one of that name', async () => {
      const { kubernetes, namespace } = context();
      await kubernetes.create(configMap(namespace, 'a', { k: '1' }));
      await expect(
        kubernetes.create(configMap(namespace, 'a', { k: '2' })),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        reason: 'AlreadyExists',
      });
    });

    it('creates nothing in a dry run', async () => {
      const { kubernetes, namespace } = context();
      await kubernetes.create(configMap(namespace, 'a'), { dryRun: true });
      expect(
        await kubernetes.get(refOf(configMap(namespace, 'a'))),
      ).toBeUndefined();
    });
  });

  describe.each(['apply', 'create'] as const)('%s refuses', verb => {
    it.each<[string, (namespace: string) => Manifest, string]>([
      [
        'a name that is no DNS name',
        ns => configMap(ns, 'Not_DNS'),
        'InputError',
      ],
      [
        'a name with shell characters',
        ns => configMap(ns, 'a;reboot'),
        'InputError',
      ],
      [
        'a namespace whose name has a dot',
        () => namespaceManifest('a.b'),
        'InputError',
      ],
      [
        'a label value with a space',
        ns => configMap(ns, 'a', {}, { labels: { k: 'a b' } }),
        'InputError',
      ],
      [
        'a namespaced kind without a namespace',
        () => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a' },
        }),
        'InputError',
      ],
      [
        'a namespace that is not there',
        () => configMap('contract-absent', 'a'),
        'NotFoundError',
      ],
      [
        'a kind that is not served',
        ns => ({
          ...configMap(ns, 'a'),
          apiVersion: 'absent.example.com/v1',
          kind: 'Absent',
        }),
        'NotFoundError',
      ],
    ])('%s', async (_name, manifest, error) => {
      const { kubernetes, namespace } = context();
      await expect(kubernetes[verb](manifest(namespace))).rejects.toMatchObject(
        { name: error },
      );
    });
  });

  describe('updateStatus', () => {
    it('replaces the status and leaves the rest', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(service(namespace, 'a'));
      const updated = await kubernetes.updateStatus({
        ...made,
        status: { conditions: [condition('Written')] },
      });
      expect(updated.status.conditions).toEqual([condition('Written')]);
      expect(updated.spec).toEqual(made.spec);
      expect(updated.metadata.resourceVersion).not.toBe(
        made.metadata.resourceVersion,
      );
    });

    it('fails on an object that changed since it was read', async () => {
      const { kubernetes, namespace } = context();
      const stale = await kubernetes.apply(service(namespace, 'a'));
      await kubernetes.updateStatus({
        ...stale,
        status: { conditions: [condition('First')] },
      });
      await expect(
        kubernetes.updateStatus({
          ...stale,
          status: { conditions: [condition('Second')] },
        }),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        reason: 'ResourceVersion',
      });
    });

    it('fails on an object that is not there', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(service(namespace, 'a'));
      await kubernetes.delete(refOf(made));
      await expect(kubernetes.updateStatus(made)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
    });
  });

  describe('delete', () => {
    it('removes an object', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(configMap(namespace, 'a'));
      await kubernetes.delete(refOf(made));
      expect(await kubernetes.get(refOf(made))).toBeUndefined();
    });

    it('is content where there is nothing to delete', async () => {
      const { kubernetes, namespace } = context();
      const absent = refOf(configMap(namespace, 'a'));
      await expect(kubernetes.delete(absent)).resolves.toBeUndefined();
    });

    it('fails where the object has another resourceVersion than asked for', async () => {
      const { kubernetes, namespace } = context();
      const made = await kubernetes.apply(
        configMap(namespace, 'a', { k: '1' }),
      );
      const { resourceVersion } = made.metadata;
      await kubernetes.apply(configMap(namespace, 'a', { k: '2' }));
      await expect(
        kubernetes.delete(refOf(made), { resourceVersion }),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        reason: 'ResourceVersion',
      });
    });

    it('removes what an object owned, in the background', async () => {
      const { kubernetes, namespace } = context();
      const owner = await kubernetes.apply(configMap(namespace, 'owner'));
      const { apiVersion, kind, metadata } = owner;
      const ownerReferences = [
        { apiVersion, kind, name: metadata.name, uid: metadata.uid! },
      ];
      const owned = await kubernetes.apply(
        configMap(namespace, 'owned', {}, { ownerReferences }),
      );
      await kubernetes.delete(refOf(owner));
      await eventually(async () =>
        expect(await kubernetes.get(refOf(owned))).toBeUndefined(),
      );
    });

    it('empties a namespace, which takes nothing new meanwhile', async () => {
      const { kubernetes, namespace } = context();
      const held = await kubernetes.apply(
        configMap(
          namespace,
          'held',
          {},
          { finalizers: ['ringfence.dev/contract'] },
        ),
      );
      const other = await kubernetes.apply(configMap(namespace, 'other'));
      await kubernetes.delete(namespaceRef(namespace));
      await eventually(async () =>
        expect(await kubernetes.get(refOf(other))).toBeUndefined(),
      );

      const terminating = await kubernetes.get(namespaceRef(namespace));
      expect(terminating?.metadata.deletionTimestamp).toEqual(
        expect.any(String),
      );
      expect(terminating?.status.phase).toBe('Terminating');
      await expect(
        kubernetes.apply(configMap(namespace, 'late')),
      ).rejects.toMatchObject({
        name: 'NotAllowedError',
      });

      await kubernetes.apply(configMap(namespace, held.metadata.name));
      await eventually(async () =>
        expect(await kubernetes.get(namespaceRef(namespace))).toBeUndefined(),
      );
    });
  });
}
