import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  createCredentials,
  newCredential,
} from '../../__fixtures__/credentials';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { saveAs } from '../../download';
import type { ClientCertificateMode } from './clientCertificateMode';
import { IdentitiesPart } from './IdentitiesPart';

jest.mock('../../download', () => ({ saveAs: jest.fn() }));

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const GROUPS = ['payments', 'search'].map(name => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name, namespace: 'default', title: name.toUpperCase() },
  spec: { type: 'team', children: [] },
}));

function renderPart({
  api = mockRingfenceApi(),
  allowed = true,
  catalog = GROUPS,
  mode = 'required' as ClientCertificateMode,
  protocol = 'cql' as 'cql' | 'ignite',
} = {}) {
  const user = userEvent.setup();
  renderOnEntity(
    <IdentitiesPart
      databaseRef={REF}
      allowed={allowed}
      wayIn={{ through: 'gateway', clientCertificates: mode, protocol }}
      now={new Date()}
    />,
    { api, catalog },
  );
  return { api, user };
}

const roles = async () =>
  within(await screen.findByRole('list', { name: 'Roles of teams' }));

async function openDialog(action: string, options = {}) {
  const { api, user } = renderPart(options);
  await user.click(await screen.findByRole('button', { name: action }));
  return { api, user, dialog: within(await screen.findByRole('dialog')) };
}

describe('roles of teams', () => {
  it('are not offered where the database speaks no CQL', async () => {
    renderPart({ protocol: 'ignite' });
    expect(await screen.findByText('Client certificates')).toBeInTheDocument();
    expect(screen.queryByText('Roles of teams')).not.toBeInTheDocument();
  });

  it('are listed with what each may do, and until when a rotated one logs in', async () => {
    renderPart();
    const [checkout, reports] = (await roles()).getAllByRole('listitem');

    expect(checkout).toHaveTextContent('team_checkout_v2');
    expect(checkout).toHaveTextContent('carts, orders');
    expect(checkout).toHaveTextContent('read and write');
    expect(checkout).toHaveTextContent(
      /^.*Rotated: team_checkout_v1 still logs in until /,
    );
    expect(reports).toHaveTextContent('orders-credential-reports');
    expect(reports).not.toHaveTextContent('Rotated');
  });

  it('are invited where there is none', async () => {
    renderPart({ api: mockRingfenceApi({ listCredentials: async () => [] }) });
    expect(
      await screen.findByText(/^No team has a role of its own/),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Issue a role …' }),
    ).toBeEnabled();
  });

  it('are for owners to see', async () => {
    const error = await refusal(403, 'NotAllowedError', 'not an owner');
    renderPart({
      api: mockRingfenceApi({
        listCredentials: jest.fn().mockRejectedValue(error),
      }),
      allowed: false,
    });
    expect(await screen.findByText(/^Only owners/)).toBeInTheDocument();
    expect(screen.queryByRole('alert')).toBe(null);
  });

  it('can be read and not changed without the permission, which is named', async () => {
    renderPart({ allowed: false });
    await roles();
    expect(screen.getByText(/ringfence\.credentials\.issue/)).toBeVisible();
    expect(
      screen.queryByRole('button', { name: /Rotate|Revoke|Renew|Issue/ }),
    ).toBe(null);
  });

  it('can be read again where that failed', async () => {
    const api = mockRingfenceApi();
    api.listCredentials.mockRejectedValueOnce(new Error('the cluster is away'));
    const { user } = renderPart({ api });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'the cluster is away',
    );
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect((await roles()).getAllByRole('listitem')).toHaveLength(2);
  });
});

describe('issuing a role', () => {
  async function fill(
    { dialog, user }: Awaited<ReturnType<typeof openDialog>>,
    name = 'web',
  ) {
    await user.type(dialog.getByLabelText(/^Name/), name);
    await user.click(dialog.getByRole('button', { name: /Team/ }));
    await user.click(await screen.findByRole('option', { name: 'PAYMENTS' }));
    await user.type(dialog.getByLabelText(/^Keyspaces/), 'carts, items');
    await user.click(dialog.getByRole('radio', { name: 'read and write' }));
  }

  it('says beside each field what is wrong with it, and asks nothing before', async () => {
    const opened = await openDialog('Issue a role …');
    const { api, dialog, user } = opened;
    expect(dialog.queryByText(/^Lower-case letters/)).toBe(null);

    await user.type(dialog.getByLabelText(/^Name/), 'No Name');
    await user.type(dialog.getByLabelText(/^Keyspaces/), 'system_auth');
    await user.click(dialog.getByRole('button', { name: 'Issue role' }));

    expect(dialog.getByLabelText(/^Name/)).toHaveAccessibleDescription(
      /Lower-case letters/,
    );
    expect(dialog.getByLabelText(/^Name/)).toHaveFocus();
    expect(dialog.getByText(/^Say which team/)).toBeVisible();
    expect(
      dialog.getByText(/^"system_auth" belongs to the database/),
    ).toBeVisible();
    expect(api.issueCredential).not.toHaveBeenCalled();
  });

  it('shows the password once, and not before it is asked to', async () => {
    const opened = await openDialog('Issue a role …');
    const { api, dialog, user } = opened;
    await fill(opened);
    await user.click(dialog.getByRole('button', { name: 'Issue role' }));

    expect(await dialog.findByText(/only time/)).toBeVisible();
    expect(api.issueCredential).toHaveBeenCalledWith(REF, {
      name: 'web',
      team: 'group:default/payments',
      keyspaces: ['carts', 'items'],
      access: 'readWrite',
    });
    const { password } = newCredential();
    expect(screen.queryByText(password)).toBe(null);
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    await user.click(dialog.getByRole('button', { name: 'Copy password' }));
    expect(written).toHaveBeenCalledWith(password);
    await user.click(dialog.getByRole('button', { name: 'Show password' }));
    expect(dialog.getByText(password)).toBeVisible();

    await user.click(dialog.getAllByRole('button', { name: 'Close' }).at(-1)!);
    await waitFor(() => expect(screen.queryByText(password)).toBe(null));
    // The list has the new one.
    expect(api.listCredentials).toHaveBeenCalledTimes(2);
  });

  it('keeps what was filled in where the backend refuses', async () => {
    const api = mockRingfenceApi();
    api.issueCredential.mockRejectedValue(
      await refusal(400, 'InputError', 'database has no keyspace "items"'),
    );
    const opened = await openDialog('Issue a role …', { api });
    const { dialog, user } = opened;
    await fill(opened);
    await user.click(dialog.getByRole('button', { name: 'Issue role' }));

    expect(await dialog.findByRole('alert')).toHaveTextContent(
      'database has no keyspace "items"',
    );
    expect(dialog.getByLabelText(/^Name/)).toHaveValue('web');
  });

  it('takes a typed team where the catalog has none', async () => {
    const opened = await openDialog('Issue a role …', { catalog: [] });
    await opened.user.type(
      await opened.dialog.findByRole('textbox', { name: /^Team/ }),
      'group:default/a',
    );
    expect(opened.dialog.getByText(/^Such as group:/)).toBeVisible();
  });
});

describe('rotating a role', () => {
  it('says how long the old one logs in, and shows the new password', async () => {
    const { api, dialog, user } = await openDialog('Rotate checkout');
    expect(
      dialog.getByText(/^The last rotation is not over: team_checkout_v1/),
    ).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Rotate role' }));

    expect(await dialog.findByText(/only time/)).toBeVisible();
    expect(api.rotateCredential).toHaveBeenCalledWith(REF, 'checkout', {
      graceHours: 24,
    });
  });

  it('warns where the old one ends at once', async () => {
    const { api, dialog, user } = await openDialog('Rotate reports');
    await user.click(dialog.getByRole('button', { name: /How long/ }));
    await user.click(await screen.findByRole('option', { name: 'Not at all' }));
    expect(await dialog.findByText(/cut off at once/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Rotate role' }));
    await waitFor(() =>
      expect(api.rotateCredential).toHaveBeenCalledWith(REF, 'reports', {
        graceHours: 0,
      }),
    );
  });
});

describe('revoking a role', () => {
  it('says what ends, asks, and is not done twice', async () => {
    const api = mockRingfenceApi();
    api.listCredentials
      .mockResolvedValueOnce(createCredentials())
      .mockResolvedValue(createCredentials().slice(1));
    const { dialog, user } = await openDialog('Revoke checkout', { api });
    expect(
      dialog.getByText(/^Drops team_checkout_v2, team_checkout_v1 and deletes/),
    ).toBeVisible();
    expect(api.revokeCredential).not.toHaveBeenCalled();

    await user.dblClick(dialog.getByRole('button', { name: 'Revoke role' }));
    expect(await dialog.findByText('Role checkout is revoked.')).toBeVisible();
    expect(api.revokeCredential).toHaveBeenCalledTimes(1);
    await user.keyboard('{Escape}');
    await waitFor(() =>
      expect(screen.queryByText('team_checkout_v2')).toBe(null),
    );
  });
});

describe('client certificates of teams', () => {
  it('are listed with their end, and said to be on their way where they are', async () => {
    renderPart();
    const list = within(
      await screen.findByRole('list', { name: 'Client certificates' }),
    );
    const [checkout, reports] = list.getAllByRole('listitem');
    expect(checkout).toHaveTextContent('expires in 6 days');
    expect(reports).toHaveTextContent('being issued');
    expect(
      screen.getByText('The database lets in no client without a certificate.'),
    ).toBeVisible();
  });

  it('are explained where the gateway asks for none, and are not asked for', async () => {
    const { api } = renderPart({ mode: 'off' });
    expect(
      await screen.findByText(/clientCertificates: optional/),
    ).toBeVisible();
    await roles();
    expect(api.listClientCertificates).not.toHaveBeenCalled();
    expect(
      screen.queryByRole('button', { name: 'Issue a certificate …' }),
    ).toBe(null);
  });

  it('are issued for a team whose name can be one, and handed out as files', async () => {
    const { api, dialog, user } = await openDialog('Issue a certificate …');
    await user.type(dialog.getByLabelText(/^Team/), 'No Team{Enter}');
    expect(dialog.getByText(/^Lower-case letters/)).toBeVisible();
    expect(api.issueClientCertificate).not.toHaveBeenCalled();

    await user.clear(dialog.getByLabelText(/^Team/));
    await user.type(dialog.getByLabelText(/^Team/), 'web{Enter}');
    await user.click(
      await dialog.findByRole('button', { name: 'Download client.key' }),
    );

    expect(api.issueClientCertificate).toHaveBeenCalledWith(REF, {
      team: 'web',
    });
    expect(saveAs).toHaveBeenCalledWith('client.key', expect.any(Blob));
    expect(screen.queryByText('the key')).toBe(null);
    expect(api.listClientCertificates).toHaveBeenCalledTimes(2);
  });

  it('are renewed by asking for the same team', async () => {
    const { api, dialog, user } = await openDialog(
      'Renew certificate of checkout',
    );
    await user.click(dialog.getByRole('button', { name: 'Renew certificate' }));
    expect(
      await dialog.findByRole('button', { name: 'Download client.crt' }),
    ).toBeVisible();
    expect(api.issueClientCertificate).toHaveBeenCalledWith(REF, {
      team: 'checkout',
    });
  });

  it('are revoked once it is said that they get in until their end', async () => {
    const { api, dialog, user } = await openDialog(
      'Revoke certificate of checkout',
    );
    expect(dialog.getByText('This one expires in 6 days.')).toBeVisible();
    expect(api.revokeClientCertificate).not.toHaveBeenCalled();
    await user.click(
      dialog.getByRole('button', { name: 'Revoke certificate' }),
    );
    expect(await dialog.findByText(/is not renewed any more/)).toBeVisible();
    expect(api.revokeClientCertificate).toHaveBeenCalledWith(REF, 'checkout');
  });
});
