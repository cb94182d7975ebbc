/* eslint-disable jest/no-export -- a suite that the adapters' own tests run */
import type { WatchEvent } from '../kubernetes';
import { eventually } from './eventually';
import type { ContractContext } from './kubernetesClusterContract';
import { configMap, refOf } from './manifests';

const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };

/** What the suite expects of discover, get, list and watch. */
export function describeReading(context: () => ContractContext): void {
  describe('discover', () => {
    it('says the version and what is served', async () => {
      const { version, apis } = await context().kubernetes.discover();
      expect(version).toMatch(/^v\d+\.\d+/);
      expect(apis).toContainEqual({
        group: 'apps',
        version: 'v1',
        kind: 'StatefulSet',
        plural: 'statefulsets',
        namespaced: true,
      });
    });
  });

  describe('get', () => {
    it('gives undefined for an object that is not there', async () => {
      const { kubernetes, namespace } = context();
      expect(
        await kubernetes.get(refOf(configMap(namespace, 'absent'))),
      ).toBeUndefined();
    });

    it('gives undefined for a kind that is not served', async () => {
      const { kubernetes, namespace } = context();
      const ref = {
        apiVersion: 'absent.example.com/v1',
        kind: 'Absent',
        name: 'a',
        namespace,
      };
      expect(await kubernetes.get(ref)).toBeUndefined();
    });
  });

  describe('list', () => {
    it('selects by namespace and labels, and gives kind and apiVersion', async () => {
      const { kubernetes, namespace } = context();
      const labels = { app: 'orders', tier: 'db' };
      await kubernetes.apply(configMap(namespace, 'both', {}, { labels }));
      await kubernetes.apply(
        configMap(namespace, 'one', {}, { labels: { app: 'orders' } }),
      );
      const found = await kubernetes.list({ ...configMaps, namespace, labels });
      expect(found).toEqual([expect.objectContaining(configMaps)]);
      expect(found[0].metadata.name).toBe('both');
    });

    it('looks into all namespaces where none is named', async () => {
      const { kubernetes, namespace } = context();
      const labels = { 'ringfence.dev/contract': namespace };
      await kubernetes.apply(configMap(namespace, 'a', {}, { labels }));
      const found = await kubernetes.list({ ...configMaps, labels });
      expect(found.map(({ metadata }) => metadata.namespace)).toEqual([
        namespace,
      ]);
    });

    it('is empty for a kind that is not served', async () => {
      const { kubernetes } = context();
      const selector = { apiVersion: 'absent.example.com/v1', kind: 'Absent' };
      expect(await kubernetes.list(selector)).toEqual([]);
    });
  });

  describe('watch', () => {
    it('gives what there is, synced, then each change, and ends when aborted', async () => {
      const { kubernetes, namespace } = context();
      const labels = { watched: 'yes' };
      const controller = new AbortController();
      await kubernetes.apply(configMap(namespace, 'first', {}, { labels }));
      const seen: string[] = [];
      const ended = (async () => {
        const events = kubernetes.watch(
          { ...configMaps, namespace, labels },
          { signal: controller.signal },
        );
        for await (const event of events) seen.push(describeEvent(event));
      })();
      const expectSeen = (...expected: string[]) =>
        eventually(async () => expect(seen).toEqual(expected));

      await expectSeen('added first', 'synced');
      await kubernetes.apply(configMap(namespace, 'other'));
      await kubernetes.apply(configMap(namespace, 'second', {}, { labels }));
      await kubernetes.apply(
        configMap(namespace, 'second', { k: 'v' }, { labels }),
      );
      await kubernetes.delete(refOf(configMap(namespace, 'first')));
      await expectSeen(
        'added first',
        'synced',
        'added second',
        'modified second',
        'deleted first',
      );

      controller.abort();
      await expect(ended).resolves.toBeUndefined();
    });

    it('gives a bare synced where there is nothing yet', async () => {
      const { kubernetes, namespace } = context();
      const controller = new AbortController();
      for await (const event of kubernetes.watch(
        { ...configMaps, namespace, labels: { none: 'yet' } },
        { signal: controller.signal },
      )) {
        expect(event).toEqual({ type: 'synced' });
        controller.abort();
      }
    });
  });
}

function describeEvent(event: WatchEvent): string {
  return event.type === 'synced'
    ? 'synced'
    : `${event.type} ${event.object.metadata.name}`;
}
