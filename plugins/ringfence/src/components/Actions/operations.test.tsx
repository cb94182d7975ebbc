import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  Database,
  ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import { database } from '../../__fixtures__/access';
import { drift, renewEvents } from '../../__fixtures__/details';
import { createReports } from '../../__fixtures__/reports';
import { resourceOf } from '../../__fixtures__/entities';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
  stream,
} from '../../__testUtils__/render';
import { FenceCard } from '../FenceCard/FenceCard';

const entity = resourceOf('orders');
const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };

/** Opens one of the operations on the card. */
async function open(name: RegExp, api = mockRingfenceApi()) {
  const user = userEvent.setup();
  renderOnEntity(<FenceCard />, { entity, api });
  await user.click(await screen.findByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name }));
  return { user, api, dialog: within(await screen.findByRole('dialog')) };
}

/** Events that come when the test says so. */
function held() {
  const waiting: ((next: IteratorResult<ProvisioningEvent>) => void)[] = [];
  const left = jest.fn();
  return {
    left,
    send: (event: ProvisioningEvent) =>
      act(async () => waiting.shift()!({ done: false, value: event })),
    events: {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<ProvisioningEvent>>(resolve =>
            waiting.push(resolve),
          ),
        return: async () => {
          left();
          return { done: true as const, value: undefined };
        },
      }),
    },
  };
}

describe('renewing a certificate', () => {
  it('is one button away where it mends the worst finding', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi({
      getReport: jest.fn(async () => createReports(new Date()).expiring),
    });
    renderOnEntity(<FenceCard />, { entity, api });

    await user.click(await screen.findByRole('button', { name: 'Renew now' }));

    expect(
      await screen.findByText('Renew certificate orders-tls now?'),
    ).toBeInTheDocument();
    expect(api.renewCertificate).not.toHaveBeenCalled();
  });

  it('asks first', async () => {
    const { api, dialog, user } = await open(/^Renew certificate/);

    expect(
      dialog.getByText('Renew certificate orders-tls now?'),
    ).toBeInTheDocument();
    expect(
      dialog.getByText('Certificate orders-tls expires in 61 days.'),
    ).toBeInTheDocument();
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));

    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    expect(api.renewCertificate).not.toHaveBeenCalled();
  });

  it('shows how it goes, and the new one served', async () => {
    const { api, dialog, user } = await open(/^Renew certificate/);

    await user.click(dialog.getByRole('button', { name: 'Renew now' }));

    expect(await dialog.findByText(/is renewed and served/)).toBeVisible();
    expect(dialog.getByText('Renewed.')).toBeInTheDocument();
    const log = dialog.getByRole('log', { name: 'Progress' });
    expect(
      within(log)
        .getAllByRole('listitem')
        .map(line => line.textContent),
    ).toEqual([
      '1 of 2: Renew the certificate',
      'Certificate orders/orders-tls changed',
      '2 of 2: See it served',
    ]);
    expect(api.renewCertificate).toHaveBeenCalledWith(REF, 'orders-tls');
    // Read again: the report is another now.
    expect(api.getReport).toHaveBeenCalledTimes(2);
    expect(api.getReport).toHaveBeenLastCalledWith(REF, { refresh: false });
  });

  it('warns of what a new CA means before it makes one', async () => {
    const { api, dialog, user } = await open(/^Renew certificate/);
    expect(dialog.queryByText(/hand out new bundles/)).toBe(null);

    await user.click(dialog.getByRole('button', { name: /Certificate$/ }));
    await user.click(await screen.findByRole('option', { name: 'orders-ca' }));

    expect(await screen.findByText(/hand out new bundles/)).toBeInTheDocument();
    expect(api.renewCertificate).not.toHaveBeenCalled();
  });

  it('says what it waits for', async () => {
    const run = held();
    const api = mockRingfenceApi({ renewCertificate: () => run.events });
    const { dialog, user } = await open(/^Renew certificate/, api);
    await user.click(dialog.getByRole('button', { name: 'Renew now' }));
    const waiting = renewEvents().find(({ type }) => type === 'waiting')!;

    await run.send(waiting);

    expect(
      dialog.getByText(/^Waiting: The gateway serves the new certificate/),
    ).toBeInTheDocument();
  });

  it('goes on while its dialog is hidden, and is there again', async () => {
    const run = held();
    const api = mockRingfenceApi({ renewCertificate: () => run.events });
    const { dialog, user } = await open(/^Renew certificate/, api);
    await user.click(dialog.getByRole('button', { name: 'Renew now' }));
    await user.click(dialog.getByRole('button', { name: /^Hide/ }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    await run.send(renewEvents()[0]);

    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await user.click(screen.getByRole('menuitem', { name: /^Renew/ }));

    expect(
      await screen.findByText('1 of 2: Renew the certificate'),
    ).toBeInTheDocument();
    expect(run.left).not.toHaveBeenCalled();
  });

  it('says what went wrong and what to do, and can be tried again', async () => {
    const at = new Date().toISOString();
    const api = mockRingfenceApi();
    api.renewCertificate.mockReturnValueOnce(
      stream([
        {
          at,
          type: 'failed',
          name: 'ConflictError',
          message: 'The issuer refused: "quota"',
          remedy: 'Raise the quota of ClusterIssuer "company-ca".',
          resumable: true,
        },
      ]),
    );
    const { dialog, user } = await open(/^Renew certificate/, api);
    await user.click(dialog.getByRole('button', { name: 'Renew now' }));

    const alert = await dialog.findByRole('alert');
    expect(alert).toHaveTextContent('The issuer refused: "quota"');
    expect(alert).toHaveTextContent('Raise the quota of ClusterIssuer');

    await user.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(await dialog.findByText('Renewed.')).toBeInTheDocument();
  });

  it("shows the backend's words where it refuses", async () => {
    const error = await refusal(403, 'NotAllowedError', 'not an owner');
    const api = mockRingfenceApi({
      // eslint-disable-next-line require-yield
      renewCertificate: async function* refuse() {
        throw error;
      },
    });
    const { dialog, user } = await open(/^Renew certificate/, api);
    await user.click(dialog.getByRole('button', { name: 'Renew now' }));

    expect(await dialog.findByRole('alert')).toHaveTextContent('not an owner');
  });

  it('takes an answer that ends too early as no success', async () => {
    const api = mockRingfenceApi({
      renewCertificate: () => stream(renewEvents().slice(0, 2)),
    });
    const { dialog, user } = await open(/^Renew certificate/, api);
    await user.click(dialog.getByRole('button', { name: 'Renew now' }));

    expect(await dialog.findByRole('alert')).toHaveTextContent(
      /ended before it said how it went/,
    );
    expect(dialog.queryByText('Renewed.')).toBe(null);
  });
});

describe('repairing drift', () => {
  it('lists what would be overwritten, and who set it', async () => {
    const { api, dialog } = await open(/^Repair drift/);

    expect(
      await dialog.findByText('Overwritten is what "kubectl-edit" set.'),
    ).toBeInTheDocument();
    expect(dialog.getByText('spec.mtls.mode')).toBeInTheDocument();
    expect(dialog.getByText('PERMISSIVE')).toBeInTheDocument();
    expect(dialog.getByText('missing: it will be created')).toBeInTheDocument();
    expect(dialog.queryByText(/StatefulSet/)).toBe(null);
    expect(api.repairDrift).not.toHaveBeenCalled();
  });

  it('sets it back once that is confirmed', async () => {
    const { api, dialog, user } = await open(/^Repair drift/);

    await user.click(
      await dialog.findByRole('button', { name: 'Set back 2 objects' }),
    );

    expect(await dialog.findByText('Repaired.')).toBeInTheDocument();
    expect(api.repairDrift).toHaveBeenCalledWith(REF);
    // Only a probe sees that nothing drifts any more.
    expect(api.getReport).toHaveBeenLastCalledWith(REF, { refresh: true });
  });

  it('offers nothing where nothing differs', async () => {
    const api = mockRingfenceApi({
      getDrift: jest.fn(async () => drift.filter(one => !one.drift.length)),
    });
    const { dialog } = await open(/^Repair drift/, api);

    expect(
      await dialog.findByText(/there is nothing to repair/),
    ).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: /^Set back/ })).toBeDisabled();
  });
});

describe('rotating the CA', () => {
  const rotating = (
    caRotation: Partial<NonNullable<Database['caRotation']>> = {},
  ) =>
    mockRingfenceApi({
      getDatabase: jest.fn(async () => ({
        ...database,
        caRotation: {
          signing: 1,
          trusted: [1],
          underWay: false,
          next: 'trust' as const,
          ...caRotation,
        },
      })),
    });

  it('is not offered for a database without a CA of its own', async () => {
    const user = userEvent.setup();
    renderOnEntity(<FenceCard />, { entity });
    await user.click(
      await screen.findByRole('button', { name: 'More actions' }),
    );
    expect(screen.queryByRole('menuitem', { name: /^Rotate CA/ })).toBe(null);
  });

  it('takes the step that is next, once it is said what that does', async () => {
    const { api, dialog, user } = await open(/^Rotate CA/, rotating());
    expect(dialog.getByText(/^Makes the next CA/)).toBeVisible();
    expect(api.rotateCa).not.toHaveBeenCalled();

    await user.click(
      dialog.getByRole('button', { name: 'Make and trust the next CA' }),
    );

    expect(await dialog.findByText('Step done.')).toBeVisible();
    expect(api.rotateCa).toHaveBeenCalledWith(REF, 'trust');
  });

  it('says on the card that two are trusted, and what is next', async () => {
    renderOnEntity(<FenceCard />, {
      entity,
      api: rotating({ trusted: [1, 2], next: 'issue' }),
    });
    expect(
      await screen.findByText(
        'The CA is being rotated: two are trusted at present. The next step: Let the next CA sign.',
      ),
    ).toBeVisible();
  });

  it('goes on with a step that was stopped', async () => {
    const { api, dialog, user } = await open(
      /^Rotate CA/,
      rotating({ trusted: [1, 2], next: 'issue', underWay: true }),
    );
    expect(dialog.getByText(/was begun and is not done/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Go on' }));
    await waitFor(() =>
      expect(api.rotateCa).toHaveBeenCalledWith(REF, 'issue'),
    );
  });
});
