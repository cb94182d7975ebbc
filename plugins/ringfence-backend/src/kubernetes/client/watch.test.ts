import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type {
  WatchEvent,
  WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failure,
  startFakeApiServer,
  type FakeApiServer,
  type SeenRequest,
} from './__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';

const PATH = 'GET /api/v1/namespaces/orders/configmaps';
const selector = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'orders',
  labels: { app: 'orders' },
};

let fake: FakeApiServer;
let kubernetes: ClientNodeKubernetesCluster;
const controller = { current: new AbortController() };

beforeEach(async () => {
  controller.current = new AbortController();
  fake = await startFakeApiServer();
  kubernetes = new ClientNodeKubernetesCluster(
    'eu-1',
    {
      from: 'url',
      url: fake.url,
      caData: fake.caData,
      credentials: { token: () => 'a-token' },
    },
    { firstDelayMs: 1, random: () => 0 },
  );
});

afterEach(() => {
  controller.current.abort();
  fake.close();
});

const object = (name: string, resourceVersion: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'orders', resourceVersion },
});

/** The API server's side: each list and each watch is answered by the next of its kind. */
function serve(lists: object[][], watches: Array<(stream: Stream) => void>) {
  const left = { lists: [...lists], watches: [...watches] };
  fake.on(PATH, (request: SeenRequest, response: ServerResponse) => {
    if (request.query.watch !== 'true') {
      const items = left.lists.shift();
      return items
        ? { body: { metadata: { resourceVersion: '10' }, items } }
        : failure(403, 'Forbidden', 'cannot list resource "configmaps"');
    }
    response.setHeader('content-type', 'application/json');
    response.flushHeaders();
    left.watches.shift()?.({
      send: (type, changed) =>
        response.write(`${JSON.stringify({ type, object: changed })}\n`),
      end: () => response.end(),
      breakOff: () => response.destroy(),
    });
    return undefined;
  });
}

interface Stream {
  send(type: string, object: object): void;
  end(): void;
  breakOff(): void;
}

const watchQueries = () =>
  fake.requests.map(({ query }) => query).filter(({ watch }) => watch);

/** Reads until so many events were given. */
async function take(
  count: number,
  options: Omit<WatchOptions, 'signal'> = {},
): Promise<string[]> {
  const seen: string[] = [];
  const { signal } = controller.current;
  for await (const event of kubernetes.watch(selector, {
    ...options,
    signal,
  })) {
    seen.push(describeEvent(event));
    if (seen.length === count) break;
  }
  return seen;
}

function describeEvent(event: WatchEvent): string {
  return event.type === 'synced'
    ? 'synced'
    : `${event.type} ${event.object.metadata.name}`;
}

it('gives what there is, then synced, then changes', async () => {
  serve(
    [[object('a', '3')]],
    [
      stream => {
        stream.send('ADDED', object('b', '11'));
        stream.send('MODIFIED', object('b', '12'));
        stream.send('DELETED', object('a', '13'));
      },
    ],
  );

  expect(await take(5)).toEqual([
    'added a',
    'synced',
    'added b',
    'modified b',
    'deleted a',
  ]);
  expect(watchQueries()).toEqual([
    expect.objectContaining({
      resourceVersion: '10',
      labelSelector: 'app=orders',
      allowWatchBookmarks: 'true',
    }),
  ]);
});

it.each(['end', 'breakOff'] as const)(
  'goes on from the last version seen after %s, without listing again',
  async how => {
    serve(
      [[]],
      [
        stream => {
          stream.send('ADDED', object('a', '11'));
          stream.send('BOOKMARK', object('', '17'));
          setImmediate(() => stream[how]());
        },
        stream => stream.send('MODIFIED', object('a', '18')),
      ],
    );

    expect(await take(3)).toEqual(['synced', 'added a', 'modified a']);
    expect(watchQueries().map(query => query.resourceVersion)).toEqual([
      '10',
      '17',
    ]);
  },
);

it('lists again where its version is too old, and tells what has gone meanwhile', async () => {
  serve(
    [[object('a', '3'), object('b', '4')], [object('b', '5')]],
    [
      stream => {
        stream.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
        stream.end();
      },
      stream => stream.send('ADDED', object('c', '11')),
    ],
  );

  expect(await take(6)).toEqual([
    'added a',
    'added b',
    'synced',
    'deleted a',
    'modified b',
    'added c',
  ]);
});

it('goes on when the API server is back', async () => {
  let watches = 0;
  fake.on(PATH, ({ query }, response) => {
    if (!query.watch) {
      return { body: { metadata: { resourceVersion: '10' }, items: [] } };
    }
    watches += 1;
    if (watches < 3) return failure(503, 'ServiceUnavailable', 'starting');
    response.write(
      `${JSON.stringify({ type: 'ADDED', object: object('a', '11') })}\n`,
    );
    return undefined;
  });

  expect(await take(2)).toEqual(['synced', 'added a']);
});

it('says that it is interrupted, why, and that it goes on', async () => {
  let watches = 0;
  fake.on(PATH, ({ query }, response) => {
    if (!query.watch) {
      return { body: { metadata: { resourceVersion: '10' }, items: [] } };
    }
    watches += 1;
    if (watches === 1) return failure(503, 'ServiceUnavailable', 'starting');
    response.write(
      `${JSON.stringify({ type: 'ADDED', object: object('a', '11') })}\n`,
    );
    return undefined;
  });

  const told: Array<string | undefined> = [];
  await take(2, { onInterruption: why => told.push(why?.message) });
  expect(told).toEqual([expect.stringContaining('starting'), undefined]);
});

it('keeps of objects what it is told to, in the list and after', async () => {
  const large = (name: string, version: string) => ({
    ...object(name, version),
    data: { secret: 'hunter2' },
  });
  serve(
    [[large('a', '3'), large('unwanted', '4')]],
    [
      stream => {
        stream.send('ADDED', large('unwanted', '11'));
        stream.send('MODIFIED', large('a', '12'));
      },
    ],
  );
  const events: WatchEvent[] = [];
  for await (const event of kubernetes.watch(selector, {
    signal: controller.current.signal,
    reduce: ({ data, ...rest }) =>
      rest.metadata.name === 'unwanted' ? undefined : rest,
  })) {
    events.push(event);
    if (events.length === 3) break;
  }
  expect(events.map(describeEvent)).toEqual([
    'added a',
    'synced',
    'modified a',
  ]);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

it('tells a missing right at once', async () => {
  fake.on(PATH, failure(403, 'Forbidden', 'configmaps is forbidden'));

  await expect(take(1)).rejects.toMatchObject({ name: 'NotAllowedError' });
});

it('tells an API server that cannot be reached at once', async () => {
  fake.close();

  await expect(take(1)).rejects.toMatchObject({
    name: 'ServiceUnavailableError',
  });
});

it('tells a right that was taken away', async () => {
  serve(
    [[]],
    [
      stream => {
        stream.send('ERROR', { kind: 'Status', code: 410 });
        stream.end();
      },
    ],
  );

  await expect(take(2)).rejects.toMatchObject({ name: 'NotAllowedError' });
});

it('tells a kind that is not served', async () => {
  const absent = { apiVersion: 'absent.example.com/v1', kind: 'Absent' };
  const { signal } = controller.current;
  const [first] = [kubernetes.watch(absent, { signal })];

  await expect(first[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    name: 'NotFoundError',
  });
});

it('ends with its signal and closes its request', async () => {
  let closed: Promise<unknown> | undefined;
  fake.on(PATH, ({ query }, response) => {
    if (!query.watch) {
      return { body: { metadata: { resourceVersion: '10' }, items: [] } };
    }
    response.flushHeaders();
    closed = once(response, 'close');
    setImmediate(() => controller.current.abort());
    return undefined;
  });

  expect(await take(5)).toEqual(['synced']);
  await closed;
});
