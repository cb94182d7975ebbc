import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Button, DialogTrigger } from '@backstage/ui';
import type { Access } from '@ringfence/backstage-plugin-ringfence-common';
import { resourceOf } from '../__fixtures__/entities';
import {
  igniteAccess,
  igniteDatabase,
  igniteDetails,
  igniteReport,
} from '../__fixtures__/ignite';
import { mockRingfenceApi, renderOnEntity } from '../__testUtils__/render';
import { ConnectDialog } from './ConnectDialog/ConnectDialog';
import { FenceCard } from './FenceCard/FenceCard';
import { FenceTab } from './FenceTab/FenceTab';

const entity = resourceOf('orders');
const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const OTHER_WORDS = /\brings?\b|\bcql|cassandra|scylla|datacenter/i;

function igniteApi(access: Access = igniteAccess) {
  return mockRingfenceApi({
    getReport: jest.fn(async () => igniteReport()),
    getDetails: jest.fn(async () => igniteDetails()),
    getDatabase: jest.fn(async () => igniteDatabase),
    getAccess: jest.fn(async () => access),
    getDrift: jest.fn(async () => []),
  });
}

async function openDialog(access?: Access) {
  const user = userEvent.setup();
  renderOnEntity(
    <DialogTrigger>
      <Button>Connect</Button>
      <ConnectDialog databaseRef={REF} name="orders" />
    </DialogTrigger>,
    { api: igniteApi(access) },
  );
  await user.click(await screen.findByRole('button', { name: 'Connect' }));
  return { user, dialog: await screen.findByRole('dialog') };
}

describe('a database whose nodes form a cluster', () => {
  it('has a segment for the cluster on its card, and no word of rings', async () => {
    renderOnEntity(<FenceCard />, { entity, api: igniteApi() });
    const strip = await screen.findByRole('list', {
      name: 'Segments of the fence',
    });

    expect(within(strip).getByText('Cluster').closest('li')).toHaveTextContent(
      'Clusterholds3 of 3 nodes',
    );
    expect(screen.getAllByText('in the topology')).toHaveLength(3);
    expect(strip).not.toHaveTextContent(OTHER_WORDS);
  });

  it('has a tab without columns of datacenters and loads, and without roles of teams', async () => {
    renderOnEntity(<FenceTab />, { entity, api: igniteApi() });
    const nodes = await screen.findByRole('region', { name: 'Nodes' });
    await within(nodes).findAllByText('in the topology');

    expect(
      within(nodes)
        .getAllByRole('columnheader')
        .map(({ textContent }) => textContent),
    ).toEqual([
      'Node',
      'Cluster',
      'Pod',
      'Restarts',
      'Kubernetes node',
      'Started',
    ]);
    await waitFor(() =>
      expect(screen.queryByText('Roles of teams')).not.toBeInTheDocument(),
    );
    expect(document.body).not.toHaveTextContent(OTHER_WORDS);
  });

  it('says in its dialog where REST is, and that the tunnel is for thin clients', async () => {
    const { dialog } = await openDialog();

    expect(
      await within(dialog).findByText('127.0.7.1:8443'),
    ).toBeInTheDocument();
    expect(within(dialog).getByText('REST, from outside')).toBeInTheDocument();
    expect(within(dialog).getByText('User')).toBeInTheDocument();
    expect(within(dialog).queryByText(/team_checkout/)).not.toBeInTheDocument();
    expect(
      within(dialog).getByText(/connects to 127\.0\.0\.1:10800 in plaintext/),
    ).toBeInTheDocument();
    expect(
      within(dialog).getByText(/sees the cluster through one name/),
    ).toBeInTheDocument();
    expect(dialog).not.toHaveTextContent(OTHER_WORDS);
  });

  it('asks for no password where the database knows no logins', async () => {
    const { dialog } = await openDialog({
      ...igniteAccess,
      connection: { ...igniteAccess.connection, role: undefined },
    });

    expect(
      await within(dialog).findByText(/^The database knows no logins/),
    ).toBeInTheDocument();
    expect(
      within(dialog).queryByRole('button', { name: 'Reveal password' }),
    ).not.toBeInTheDocument();
  });
});
