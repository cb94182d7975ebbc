import { existingOrders, type ExistingCluster } from '../../src/existing';
import { existingCluster } from '../support/existing';
import {
  describeFencedDatabase,
  FencedDatabase,
} from '../support/fencedDatabase';

/** Images are fetched, and ScyllaDB starts one node after the other. */
jest.setTimeout(1_800_000);

let cluster: ExistingCluster;
let database: FencedDatabase;

beforeAll(async () => {
  cluster = existingCluster();
  database = await FencedDatabase.create(cluster, existingOrders);
});

afterAll(async () => {
  await database?.stop();
  await cluster?.cleanUp();
});

describeFencedDatabase('an existing Kubernetes cluster', () => database);
