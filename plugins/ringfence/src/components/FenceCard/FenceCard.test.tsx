import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { resourceOf, unlinked } from '../../__fixtures__/entities';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { createReports } from '../../__fixtures__/reports';
import { FenceCard } from './FenceCard';

const entity = resourceOf('orders');

function withReport(name: keyof ReturnType<typeof createReports>) {
  return mockRingfenceApi({
    getReport: jest.fn(async () => createReports(new Date())[name]),
  });
}

function segment(name: string): HTMLElement {
  const strip = screen.getByRole('list', { name: 'Segments of the fence' });
  return within(strip).getByText(name).closest('li')!;
}

/** The titles of the checks, in the order on the screen. */
function checkTitles(): string[] {
  return screen
    .getAllByRole('button', { expanded: false })
    .filter(button => button.hasAttribute('aria-controls'))
    .map(button => button.textContent!.split(' (')[0]);
}

describe('FenceCard on a database', () => {
  it('says in one word that the fence holds', async () => {
    renderOnEntity(<FenceCard />, { entity });

    expect(
      await screen.findByRole('heading', { name: 'Fenced' }),
    ).toBeInTheDocument();
    expect(screen.getByText('All 9 checks hold')).toBeInTheDocument();
    expect(screen.getByText('Fence of orders')).toBeInTheDocument();
  });

  it.each([
    ['Certificate', 'holds61 days left'],
    ['Mesh', 'holds'],
    ['Gateway', 'holds'],
    ['Ring', 'holds3 of 3 nodes'],
    ['Access', 'holds'],
  ])('shows the segment %s in words', async (name, words) => {
    renderOnEntity(<FenceCard />, { entity });
    await screen.findByText('Fenced');

    expect(segment(name)).toHaveTextContent(`${name}${words}`);
  });

  it('makes the worst finding the headline, with its remedy and command', async () => {
    renderOnEntity(<FenceCard />, { entity, api: withReport('failing') });

    expect(
      await screen.findByRole('heading', { name: /^Plaintext is let in/ }),
    ).toBeInTheDocument();
    expect(
      screen.getByText(
        '2 failing · 1 could not be checked · 1 warning · 5 hold',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByText('Apply the STRICT PeerAuthentication again.'),
    ).toBeInTheDocument();
    expect(segment('Mesh')).toHaveTextContent('failing');
    expect(segment('Ring')).toHaveTextContent('2 of 3 nodes');
  });

  it('lists the checks worst first, and those that hold on request', async () => {
    const user = userEvent.setup();
    renderOnEntity(<FenceCard />, { entity, api: withReport('failing') });
    await screen.findByText('Checks');

    expect(checkTitles()).toEqual([
      'STRICT mTLS',
      'Ring complete',
      'Traffic encrypted',
      'Certificate valid',
      '5 checks hold',
    ]);
    await user.click(screen.getByText('5 checks hold'));
    expect(checkTitles()).toContain('Served certificate');
  });

  it('opens evidence and remedy of a check, and closes them again', async () => {
    const user = userEvent.setup();
    renderOnEntity(<FenceCard />, { entity, api: withReport('failing') });
    const row = await screen.findByRole('button', { name: /^Ring complete/ });
    expect(screen.queryByText('orders-0 UN, orders-1 UN, orders-2 DN')).toBe(
      null,
    );

    await user.click(row);
    expect(row).toHaveAttribute('aria-expanded', 'true');
    expect(
      screen.getByText('orders-0 UN, orders-1 UN, orders-2 DN'),
    ).toBeInTheDocument();
    expect(screen.getByText('Look at the pod and its events.')).toBeVisible();

    await user.click(row);
    expect(screen.queryByText('Look at the pod and its events.')).toBe(null);
  });

  it("copies a remedy's command", async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    renderOnEntity(<FenceCard />, { entity, api: withReport('expiring') });

    await user.click(
      await screen.findByRole('button', { name: 'Copy command' }),
    );

    expect(written).toHaveBeenCalledWith(
      'kubectl describe certificate orders-tls -n orders',
    );
    expect(screen.getByText('Copied')).toBeInTheDocument();
  });

  it('says when and whether the certificates are renewed', async () => {
    renderOnEntity(<FenceCard />, { entity, api: withReport('expiring') });

    expect(
      await screen.findByText(/^expires in 3 days, renewal overdue by 2 days$/),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/^expires in 9 years, renews itself in 6 years$/),
    ).toBeInTheDocument();
  });

  it('draws unknown as unknown, never as holding', async () => {
    renderOnEntity(<FenceCard />, { entity, api: withReport('unknown') });

    expect(
      await screen.findByText('9 could not be checked'),
    ).toBeInTheDocument();
    expect(screen.queryByText('Fenced')).toBe(null);
    expect(screen.queryByText('holds')).toBe(null);
    expect(screen.getByText('Its dates could not be read')).toBeInTheDocument();
  });

  it('says plainly what is simulated', async () => {
    renderOnEntity(<FenceCard />, { entity, api: withReport('simulated') });

    expect(await screen.findByRole('note')).toHaveTextContent(
      /^Simulated\. Kubernetes, Istio and cert-manager are imitated/,
    );
  });

  it('shows a skeleton while the first report is on its way', async () => {
    const api = mockRingfenceApi({
      getReport: jest.fn(() => new Promise<never>(() => {})),
    });
    renderOnEntity(<FenceCard />, { entity, api });

    expect(await screen.findByText('Checking the fence')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Connect' })).toBe(null);
  });

  it('has the probes run again on request', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi();
    renderOnEntity(<FenceCard />, { entity, api });

    await user.click(
      await screen.findByRole('button', { name: 'Check again' }),
    );

    expect(api.getReport).toHaveBeenLastCalledWith(
      { kubernetesCluster: 'sandbox', namespace: 'orders' },
      { refresh: true },
    );
  });

  it('tells a reader without permission whom to ask', async () => {
    const error = await refusal(403, 'NotAllowedError', 'not an owner');
    const api = mockRingfenceApi({
      getReport: jest.fn().mockRejectedValue(error),
    });
    renderOnEntity(<FenceCard />, { entity, api });

    expect(
      await screen.findByText('You may not see this database'),
    ).toBeInTheDocument();
    expect(
      await screen.findByRole('link', { name: 'payments' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBe(null);
  });

  it('says that there is no such database, and which annotation to remove', async () => {
    const error = await refusal(404, 'NotFoundError', 'no such database');
    const api = mockRingfenceApi({
      getReport: jest.fn().mockRejectedValue(error),
    });
    renderOnEntity(<FenceCard />, { entity, api });

    expect(
      await screen.findByText('There is no database at sandbox/orders'),
    ).toBeInTheDocument();
    expect(screen.getByText(/ringfence\.dev\/database/)).toBeInTheDocument();
  });

  it("shows the backend's words on an error, and tries again", async () => {
    const user = userEvent.setup();
    const error = await refusal(503, 'ServiceUnavailableError', 'no database');
    const api = mockRingfenceApi();
    api.getReport.mockRejectedValueOnce(error);
    renderOnEntity(<FenceCard />, { entity, api });
    expect(
      await screen.findByText('Ringfence answered: no database'),
    ).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Try again' }));

    expect(await screen.findByText('Fenced')).toBeInTheDocument();
  });

  it.each([
    ['provisioning' as const, /It is being provisioned/],
    ['decommissioning' as const, /It is being decommissioned/],
    ['retained' as const, /its volumes, CA and credentials are kept/],
  ])('says that a database is %s', async (state, words) => {
    const api = mockRingfenceApi();
    const database = await api.getDatabase({} as any);
    api.getDatabase.mockResolvedValue({ ...database, state });
    renderOnEntity(<FenceCard />, { entity, api });

    expect(await screen.findByText(words)).toBeInTheDocument();
  });
});

describe('FenceCard on an entity without a database', () => {
  it("shows this entity's annotation to paste, with a real address", async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    renderOnEntity(<FenceCard />, { entity: unlinked });
    await screen.findByText('No database is linked to orders-db');
    await screen.findByText(/sandbox\/orders/);

    await user.click(screen.getByRole('button', { name: 'Copy annotation' }));

    expect(written).toHaveBeenCalledWith(
      [
        'kind: Resource',
        'metadata:',
        '  name: orders-db',
        '  annotations:',
        '    ringfence.dev/database: sandbox/orders',
      ].join('\n'),
    );
  });

  it('says what is wrong with an annotation that is no address', async () => {
    const wrong = resourceOf('orders');
    wrong.metadata.annotations!['ringfence.dev/database'] = 'orders';
    renderOnEntity(<FenceCard />, { entity: wrong });

    expect(
      await screen.findByText(
        /The value of ringfence.dev\/database is "orders"/,
      ),
    ).toBeInTheDocument();
  });
});
