import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Button, DialogTrigger } from '@backstage/ui';
import type { ConnectionTestStep } from '@ringfence/backstage-plugin-ringfence-common';
import { database } from '../../__fixtures__/access';
import { createDetails } from '../../__fixtures__/details';
import {
  laptopDiagnosis,
  stoppedSteps,
  testSteps,
} from '../../__fixtures__/diagnosis';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
  stream,
} from '../../__testUtils__/render';
import { ConnectDialog } from './ConnectDialog';

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };

async function openPart(name: string, api = mockRingfenceApi()) {
  const user = userEvent.setup();
  renderOnEntity(
    <DialogTrigger>
      <Button>Open</Button>
      <ConnectDialog databaseRef={REF} name="orders" />
    </DialogTrigger>,
    { api },
  );
  await user.click(await screen.findByRole('button', { name: 'Open' }));
  await user.click(await screen.findByRole('tab', { name }));
  return { api, user };
}

describe('Test connection', () => {
  async function run(api = mockRingfenceApi()) {
    const opened = await openPart('Test connection', api);
    await opened.user.click(
      screen.getByRole('button', { name: 'Test connection' }),
    );
    return opened;
  }

  it('does nothing before it is asked to', async () => {
    const { api } = await openPart('Test connection');
    expect(api.testConnection).not.toHaveBeenCalled();
  });

  it('shows each step, and says that all passed', async () => {
    const { api } = await run();
    expect(
      await screen.findByText('The portal gets in: every step passed.'),
    ).toBeVisible();
    const steps = within(screen.getByRole('list', { name: 'Steps' }));
    expect(
      steps.getAllByRole('listitem').map(row => row.textContent),
    ).toContain('LoginPassed: Accepted as "orders_app"');
    expect(api.testConnection).toHaveBeenCalledWith(REF);
    expect(screen.getByRole('button', { name: 'Test again' })).toBeEnabled();
  });

  it('shows steps as they come', async () => {
    let release: () => void = () => {};
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    async function* slowly(): AsyncIterable<ConnectionTestStep> {
      yield testSteps()[0];
      await released;
      yield* testSteps().slice(1);
    }
    await run(mockRingfenceApi({ testConnection: slowly }));
    expect(
      await screen.findByText('Clients trust "CN=orders CA"'),
    ).toBeVisible();
    expect(screen.getAllByText('Waiting')).toHaveLength(8);
    release();
    expect(await screen.findByText('3 nodes, one schema')).toBeVisible();
    expect(screen.queryByText('Waiting')).toBe(null);
  });

  it('stops at the step that fails, with what to do', async () => {
    const testConnection = () => stream(stoppedSteps());
    const { user } = await run(mockRingfenceApi({ testConnection }));
    expect(
      await screen.findByText(/^It stops at step "Name": Certificate of/),
    ).toBeVisible();
    expect(screen.getByText(/^Add the name to the certificate/)).toBeVisible();
    const rows = screen.getAllByRole('listitem').map(row => row.textContent);
    expect(rows.at(-1)).toContain('Not reached');

    const written = jest.spyOn(navigator.clipboard, 'writeText');
    await user.click(screen.getByRole('button', { name: 'Copy result' }));
    expect(written).toHaveBeenCalledWith(
      expect.stringMatching(/^CA: Passed\.[^]*\nName: Failed\. Certificate of/),
    );
  });

  it('does not call passed what could not be looked at', async () => {
    const steps = testSteps();
    steps[8] = { step: 'ring', state: 'unknown', summary: 'no answer' };
    await run(mockRingfenceApi({ testConnection: () => stream(steps) }));
    expect(
      await screen.findByText('Step "Nodes" could not be looked at: no answer'),
    ).toBeVisible();
    expect(screen.queryByText(/every step passed/)).toBe(null);
  });

  it('says why it could not be run', async () => {
    const error = await refusal(404, 'NotFoundError', 'no address yet');
    // eslint-disable-next-line require-yield
    async function* refused(): AsyncIterable<ConnectionTestStep> {
      throw error;
    }
    await run(mockRingfenceApi({ testConnection: refused }));
    expect(
      await screen.findByText(
        'The connection could not be tested: no address yet',
      ),
    ).toBeVisible();
  });

  it('ends the test when the dialog closes', async () => {
    let ended = false;
    async function* forever(): AsyncIterable<ConnectionTestStep> {
      try {
        yield* testSteps();
        await new Promise(() => {});
      } finally {
        ended = true;
      }
    }
    const iterator = forever()[Symbol.asyncIterator]();
    const onReturn = jest.spyOn(iterator, 'return');
    const { user } = await run(
      mockRingfenceApi({
        testConnection: () => ({ [Symbol.asyncIterator]: () => iterator }),
      }),
    );
    await screen.findByText('3 nodes, one schema');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(onReturn).toHaveBeenCalled());
    expect(ended).toBe(false);
  });

  it('is not offered to who may not', async () => {
    const allowed = { ...database.allowed, operate: false };
    await openPart(
      'Test connection',
      mockRingfenceApi({
        getDatabase: jest.fn(async () => ({ ...database, allowed })),
      }),
    );
    expect(
      screen.getByText(/needs the permission ringfence\.database\.operate/),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Test connection' })).toBe(
      null,
    );
  });
});

describe("Why can't I connect?", () => {
  const PART = "Why can't I connect?";

  async function askForWorkload(api = mockRingfenceApi()) {
    const { user } = await openPart(PART, api);
    await user.click(
      screen.getByRole('radio', { name: 'In the same Kubernetes cluster' }),
    );
    await user.type(screen.getByLabelText('Namespace'), 'checkout');
    await user.clear(screen.getByLabelText('Service account'));
    // The last field sends the form.
    await user.type(screen.getByLabelText('Service account'), 'web{Enter}');
    return { api, user };
  }

  it('answers for a workload, each way by itself', async () => {
    const { api } = await askForWorkload();
    const mesh = within(
      await screen.findByRole('list', {
        name: 'Directly, inside the mesh: orders-cql.orders.svc:9042',
      }),
    );
    expect(mesh.getAllByRole('listitem')[2]).toHaveTextContent(
      /^Authorization policies\(failing\): The AuthorizationPolicies of "orders" do not let/,
    );
    expect(mesh.getByText(/serviceAccount: web/)).toBeVisible();
    expect(
      mesh.getByRole('button', { name: 'Copy lines of the spec' }),
    ).toBeVisible();
    expect(screen.getByText('Nothing stands in the way')).toBeVisible();
    expect(api.diagnoseConnection).toHaveBeenCalledWith(REF, {
      kind: 'workload',
      namespace: 'checkout',
      serviceAccount: 'web',
    });
  });

  it('answers for a laptop, and does not say ok to what it cannot see', async () => {
    const api = mockRingfenceApi({
      diagnoseConnection: jest.fn(async () => laptopDiagnosis),
    });
    const { user } = await openPart(PART, api);
    await user.click(screen.getByRole('button', { name: 'Find out' }));
    expect(
      await screen.findByText(
        'Nothing found, and not everything could be judged',
      ),
    ).toBeVisible();
    expect(api.diagnoseConnection).toHaveBeenCalledWith(REF, {
      kind: 'laptop',
    });
  });

  it('asks for a name that can be one', async () => {
    const api = mockRingfenceApi();
    const { user } = await openPart(PART, api);
    await user.click(
      screen.getByRole('radio', { name: 'In the same Kubernetes cluster' }),
    );
    await user.type(screen.getByLabelText('Namespace'), 'Not A Name{Enter}');
    expect(screen.getByText(/^Lower-case letters/)).toBeVisible();
    expect(api.diagnoseConnection).not.toHaveBeenCalled();
  });

  it('says so where there is no way in from there', async () => {
    const diagnoseConnection = jest.fn(async () => ({ ways: [] }));
    const { user } = await openPart(
      PART,
      mockRingfenceApi({ diagnoseConnection }),
    );
    await user.click(screen.getByRole('button', { name: 'Find out' }));
    expect(
      await screen.findByText(/^There is no way in from there/),
    ).toBeVisible();
  });

  it('says why it could not be found out', async () => {
    const api = mockRingfenceApi();
    api.diagnoseConnection.mockRejectedValue(
      await refusal(503, 'ServiceUnavailableError', 'the cluster is away'),
    );
    await askForWorkload(api);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'It could not be found out: the cluster is away',
    );
  });

  it('can be asked where how to connect is not known yet', async () => {
    const api = mockRingfenceApi();
    api.getAccess.mockRejectedValue(
      await refusal(404, 'NotFoundError', 'the gateway has no address'),
    );
    await askForWorkload(api);
    expect(await screen.findByText('This way is closed')).toBeVisible();
  });
});

describe('who is connected', () => {
  it('is told by identity', async () => {
    const [peer] = createDetails().peers;
    await openPart('Connect');
    expect(await screen.findByText(peer.principal)).toBeVisible();
  });

  it('is not "nobody" where it could not be looked at', async () => {
    const getDetails = jest.fn(async () => ({
      ...createDetails(),
      peers: [],
      unknown: [{ what: 'Who talks to it', why: 'forbidden' }],
    }));
    await openPart('Connect', mockRingfenceApi({ getDetails }));
    expect(
      await screen.findByText(
        'Could not be looked at: Who talks to it. forbidden',
      ),
    ).toBeVisible();
    expect(screen.queryByText(/No traffic|Nobody/)).toBe(null);
  });
});
