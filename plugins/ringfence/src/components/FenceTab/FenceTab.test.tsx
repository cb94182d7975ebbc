import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { database } from '../../__fixtures__/access';
import { createTraffic } from '../../__fixtures__/details';
import { resourceOf, unlinked } from '../../__fixtures__/entities';
import { createReports } from '../../__fixtures__/reports';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { FenceTab } from './FenceTab';
import { plaintextHeight } from './TrafficChart';

const entity = resourceOf('orders');
const QUIET = {
  ...createTraffic()[0],
  mutualTlsBytes: 0,
  plaintextBytes: 0,
};
const READER = {
  ...database,
  allowed: { ...database.allowed, operate: false },
};

function renderTab(api = mockRingfenceApi()) {
  renderOnEntity(<FenceTab />, { entity, api });
  return api;
}

async function part(name: string) {
  return within(await screen.findByRole('region', { name }));
}

describe('FenceTab', () => {
  it('puts each check under its segment, the worst first', async () => {
    renderTab(
      mockRingfenceApi({
        getReport: jest.fn(async () => createReports(new Date()).failing),
      }),
    );
    const checks = await part('Checks');

    expect(
      checks.getAllByRole('heading', { level: 4 }).map(one => one.textContent),
    ).toEqual(['Certificate', 'Mesh', 'Gateway', 'Ring', 'Access']);
    expect(checks.getByText('1 of 3 hold')).toBeInTheDocument();
    expect(
      checks
        .getAllByRole('button')
        .map(one => one.textContent!.split(' (')[0])
        .slice(2, 5),
    ).toEqual(['STRICT mTLS', 'Traffic encrypted', '1 check holds']);
  });

  it('links a check to its description where the portal says where that is', async () => {
    const user = userEvent.setup();
    renderOnEntity(<FenceTab />, {
      entity,
      config: {
        ringfence: { documentation: { checks: 'https://docs/checks/' } },
      },
    });

    await user.click(await screen.findByText('3 checks hold'));
    await user.click(screen.getByRole('button', { name: /^STRICT/ }));

    expect(
      screen.getByRole('link', { name: 'What this check means' }),
    ).toHaveAttribute('href', 'https://docs/checks/#meshstrict');
  });

  it('draws a certificate below the one that signed it', async () => {
    renderTab();
    const chain = (await part('Certificates')).findByRole('list', {
      name: 'Chain of certificates',
    });
    const [ca] = within(await chain).getAllByRole('listitem');

    expect(within(ca).getByText('Signed by itself')).toBeInTheDocument();
    expect(within(ca).getByText('Signed by orders-ca')).toBeInTheDocument();
    expect(
      within(ca).getByText('orders.example.com, 127.0.7.1'),
    ).toBeInTheDocument();
  });

  it('says of a certificate why it could not be read', async () => {
    renderTab();

    expect(
      await screen.findByText(/holds no certificate yet/),
    ).toBeInTheDocument();
  });

  it('shows how much of the traffic was under mTLS, and when it was not', async () => {
    const user = userEvent.setup();
    renderTab();
    const traffic = await part('Traffic');

    expect(
      await traffic.findByText(/^97\.\d% of [\d.]+ MB under mTLS$/),
    ).toBeInTheDocument();
    expect(traffic.getByText(/in plaintext, last seen/)).toBeInTheDocument();
    expect(traffic.getByRole('img')).toHaveAccessibleName(
      /^Bars of the share of traffic under mTLS, from/,
    );

    await user.click(traffic.getByRole('button', { name: 'Show as a table' }));
    const table = traffic.getByRole('grid', {
      name: 'Traffic under mTLS over time',
    });
    expect(within(table).getAllByRole('row')).toHaveLength(49);
    expect(within(table).getAllByText('no traffic')).toHaveLength(1);
  });

  it.each([
    ['a day without traffic', [QUIET], /^No traffic has been seen/],
    ['a day that nobody recorded', [], /^No history of it/],
  ])('calls %s neither encrypted nor open', async (_name, points, words) => {
    renderTab(mockRingfenceApi({ getTraffic: jest.fn(async () => points) }));

    expect(await screen.findByText(words)).toBeInTheDocument();
    expect(screen.queryByText(/None of it was in plaintext/)).toBe(null);
  });

  it('names who talks to it, plaintext first', async () => {
    renderTab();
    const peers = await screen.findByRole('grid', { name: 'Who talks to it' });
    const [, first, second] = within(peers).getAllByRole('row');

    expect(first).toHaveTextContent('billing/apino identityplaintext7');
    expect(second).toHaveTextContent('mTLS, refused by the mesh');
  });

  it('lists nodes and warnings', async () => {
    renderTab();

    expect(
      within(await screen.findByRole('grid', { name: 'Nodes' })).getByText(
        'not ready',
      ),
    ).toBeInTheDocument();
    expect(
      within(
        screen.getByRole('grid', { name: 'Warnings from Kubernetes' }),
      ).getByText('12 times'),
    ).toBeInTheDocument();
  });

  it('says what could not be looked at, and what would change that', async () => {
    renderTab();

    expect(
      await screen.findByText(/^Not looked at: CertificateRequests\. Grant/),
    ).toBeInTheDocument();
  });

  it('shows each field that differs, and who set it', async () => {
    renderTab();
    const manifests = await part('Manifests and drift');

    expect(
      await manifests.findByText('2 of 4 objects differ from their manifests.'),
    ).toBeInTheDocument();
    const fields = manifests.getByRole('grid', {
      name: 'PeerAuthentication orders/orders',
    });
    expect(within(fields).getAllByRole('row')[1]).toHaveTextContent(
      'spec.mtls.modePERMISSIVESTRICTkubectl-edit',
    );
    expect(
      manifests.getByText(/missing: it will be created/),
    ).toBeInTheDocument();
  });

  it('offers nothing to someone who may not operate it', async () => {
    renderTab(mockRingfenceApi({ getDatabase: jest.fn(async () => READER) }));
    await screen.findByText('2 of 4 objects differ from their manifests.');

    for (const name of [/^Renew/, /^Repair/, 'Check again', 'More actions'])
      expect(screen.queryByRole('button', { name })).toBe(null);
    expect(screen.getByRole('button', { name: 'Connect' })).toBeVisible();
  });

  it('shows the rest where one part fails, and tries that again', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi();
    api.getDrift.mockRejectedValueOnce(
      await refusal(503, 'ServiceUnavailableError', 'no answer'),
    );
    renderTab(api);
    const manifests = await part('Manifests and drift');
    expect(await manifests.findByText(/no answer/)).toBeInTheDocument();
    expect(await screen.findByRole('grid', { name: 'Nodes' })).toBeVisible();

    await user.click(manifests.getByRole('button', { name: 'Try again' }));

    expect(
      await manifests.findByText('2 of 4 objects differ from their manifests.'),
    ).toBeInTheDocument();
  });

  it('tells a reader without permission whom to ask', async () => {
    const error = await refusal(403, 'NotAllowedError', 'not an owner');
    renderTab(
      mockRingfenceApi({ getReport: jest.fn().mockRejectedValue(error) }),
    );

    expect(
      await screen.findByText('You may not see this database'),
    ).toBeInTheDocument();
    expect(screen.queryByRole('region', { name: 'Checks' })).toBe(null);
  });

  it("shows this entity's annotation to paste where there is no database", async () => {
    renderOnEntity(<FenceTab />, { entity: unlinked });

    expect(
      await screen.findByText('No database is linked to orders-db'),
    ).toBeInTheDocument();
  });

  it('compares again once it was repaired', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi({
      getReport: jest.fn(async () => ({
        ...createReports(new Date()).healthy,
        findings: [],
      })),
      getDetails: jest.fn(() => new Promise<never>(() => {})),
      getTraffic: jest.fn(async () => []),
    });
    renderTab(api);
    await user.click(await screen.findByText('Repair drift …'));
    await user.click(await screen.findByText('Set back 2 objects'));
    await screen.findByText('Repaired.');

    // The tab, the dialog before it asked, and the tab after it.
    await waitFor(() => expect(api.getDrift).toHaveBeenCalledTimes(3));
  });
});

describe('plaintextHeight', () => {
  const point = createTraffic()[0];
  it.each([
    ['none', 100, 0, 0],
    ['half', 50, 50, 50],
    ['all', 0, 100, 100],
    ['so little that it would not be seen', 1e9, 1, 4],
    ['no traffic', 0, 0, 0],
  ])('draws %s', (_name, mutualTlsBytes, plaintextBytes, height) => {
    expect(plaintextHeight({ ...point, mutualTlsBytes, plaintextBytes })).toBe(
      height,
    );
  });
});
