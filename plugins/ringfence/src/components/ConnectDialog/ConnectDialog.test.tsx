import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Button, DialogTrigger } from '@backstage/ui';
import type {
  Database,
  RingfenceApi,
  WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import { access, database } from '../../__fixtures__/access';
import { createReports } from '../../__fixtures__/reports';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { saveAs } from '../../download';
import { ConnectDialog } from './ConnectDialog';

jest.mock('../../download', () => ({ saveAs: jest.fn() }));

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };

async function openDialog(api = mockRingfenceApi(), user = userEvent.setup()) {
  renderOnEntity(
    <DialogTrigger>
      <Button>Connect</Button>
      <ConnectDialog databaseRef={REF} name="orders" />
    </DialogTrigger>,
    { api },
  );
  await user.click(await screen.findByRole('button', { name: 'Connect' }));
  const dialog = await screen.findByRole('dialog', {
    name: 'Connect to orders',
  });
  return { api, user, dialog };
}

function allowing(allowed: Partial<Database['allowed']>) {
  return mockRingfenceApi({
    getDatabase: jest.fn(async () => ({
      ...database,
      allowed: { ...database.allowed, ...allowed },
    })),
  });
}

describe('ConnectDialog', () => {
  beforeEach(() => jest.mocked(saveAs).mockClear());

  it('lists what is in the bundle, and until when it is good, before it is downloaded', async () => {
    const { api, dialog } = await openDialog();

    expect(
      await within(dialog).findByText(
        /^All that a client needs, and nothing secret\. Good until .*2036: its CA expires in \d+ years\.$/,
      ),
    ).toBeInTheDocument();
    for (const { path, description } of access.bundle.files) {
      expect(within(dialog).getByText(path)).toBeInTheDocument();
      expect(within(dialog).getByText(description)).toBeInTheDocument();
    }
    expect(api.downloadBundle).not.toHaveBeenCalled();
  });

  it('downloads the bundle through the API', async () => {
    const { api, user } = await openDialog();

    await user.click(
      await screen.findByRole('button', {
        name: 'Download orders-connection.zip',
      }),
    );

    expect(api.downloadBundle).toHaveBeenCalledWith(REF, {});
    expect(saveAs).toHaveBeenCalledWith(
      'orders-connection.zip',
      expect.any(Blob),
    );
    expect(
      screen.getByText('Downloaded orders-connection.zip'),
    ).toBeInTheDocument();
  });

  it('asks for stores in JKS where they are wanted', async () => {
    const { api, user } = await openDialog();

    await user.click(await screen.findByRole('checkbox', { name: /JKS/ }));
    await user.click(screen.getByRole('button', { name: /^Download o/ }));

    expect(api.downloadBundle).toHaveBeenCalledWith(REF, { format: 'jks' });
  });

  it('says why a download failed', async () => {
    const api = mockRingfenceApi();
    api.downloadBundle.mockRejectedValue(
      await refusal(503, 'ServiceUnavailableError', 'the CA is not ready'),
    );
    const { user } = await openDialog(api);

    await user.click(
      await screen.findByRole('button', { name: /^Download o/ }),
    );

    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The bundle could not be downloaded: the CA is not ready',
    );
    expect(saveAs).not.toHaveBeenCalled();
  });

  it('explains, and does not offer, what is not allowed', async () => {
    await openDialog(
      allowing({ downloadBundle: false, readCredentials: false }),
    );

    expect(
      await screen.findByText(
        /needs the permission ringfence\.bundle\.download/,
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/needs the permission ringfence\.credentials\.read/),
    ).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Download o/ })).toBe(null);
    expect(screen.queryByRole('button', { name: 'Reveal password' })).toBe(
      null,
    );
  });

  it.each([
    ['Copy command', access.command],
    ['Copy role', 'orders_app'],
    ['Copy address 127.0.7.1:9041', '127.0.7.1:9041'],
    ['Copy name', 'orders.example.com'],
    ['Copy fingerprint', access.ca.certificates[0].sha256],
    ['Copy CA (PEM)', access.ca.pem],
  ])('copies: %s', async (name, text) => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    await openDialog(undefined, user);

    await user.click(await screen.findByRole('button', { name }));

    expect(written).toHaveBeenCalledWith(text);
  });

  it('says so where the browser lets nothing be copied', async () => {
    const user = userEvent.setup();
    jest
      .spyOn(navigator.clipboard, 'writeText')
      .mockRejectedValue(new Error('not allowed'));
    await openDialog(undefined, user);

    await user.click(await screen.findByRole('button', { name: 'Copy role' }));

    expect(
      await screen.findAllByText(/^Could not copy: select the text/),
    ).not.toHaveLength(0);
  });

  const pick = async (
    user: ReturnType<typeof userEvent.setup>,
    label: RegExp,
    option: string | RegExp,
  ) => {
    await user.click(await screen.findByRole('button', { name: label }));
    await user.click(await screen.findByRole('option', { name: option }));
  };

  it('has a snippet for each client', async () => {
    const { user } = await openDialog();
    await user.click(await screen.findByRole('button', { name: /Client$/ }));
    expect(
      screen.getAllByRole('option').map(option => option.textContent),
    ).toEqual([
      'Any client, by ringfence-connect',
      'cqlsh',
      'Java',
      'Python',
      'Node',
      'Go',
    ]);

    await user.click(screen.getByRole('option', { name: 'cqlsh' }));

    expect(screen.getByText(/^cqlsh does not verify the name/)).toBeVisible();
    expect(screen.getByText(/hostname = 127\.0\.7\.1/)).toBeVisible();
    expect(
      screen.getByRole('button', { name: 'Copy cqlsh snippet' }),
    ).toBeVisible();
  });

  it('names the role of a team in what is copied, and says where its password is', async () => {
    const [python] = access.snippets.filter(({ id }) => id === 'python');
    const api = mockRingfenceApi({
      getAccess: jest.fn(async () => ({
        ...access,
        snippets: [{ ...python, text: 'USERNAME = "orders_app"' }],
      })),
    });
    const { user } = await openDialog(api);
    await pick(user, /Client$/, 'Python');
    expect(screen.getByText('USERNAME = "orders_app"')).toBeVisible();

    await pick(user, /Role$/, 'team_checkout_v2, of payments');

    expect(screen.getByText('USERNAME = "team_checkout_v2"')).toBeVisible();
    expect(
      screen.getByText(/is in Secret orders-credential-checkout/),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Reveal password' })).toBe(
      null,
    );
  });

  it('offers the role for every client alone where those of teams cannot be read', async () => {
    const api = mockRingfenceApi();
    api.listCredentials.mockRejectedValue(new Error('away'));
    await openDialog(api);
    expect(
      await screen.findByRole('button', { name: 'Reveal password' }),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: /Role$/ })).toBe(null);
  });

  it('says which clients tell the nodes apart', async () => {
    const nodes = [{ name: 'orders-0', serverName: 'orders-0.db.example' }];
    const cql = { ...access.connection.cql!, nodes };
    const [first, second] = access.snippets;
    const api = mockRingfenceApi({
      getAccess: jest.fn(async () => ({
        ...access,
        connection: { ...access.connection, cql },
        snippets: [
          { ...first, routing: 'shared' as const },
          { ...second, routing: 'per-node' as const },
        ],
      })),
    });
    const { user } = await openDialog(api);
    await pick(user, /Client$/, first.title);
    expect(screen.getByText(/^Shared with this client/)).toBeVisible();
    await pick(user, /Client$/, second.title);
    expect(screen.getByText(/^Per node:/)).toBeVisible();
  });

  const asking = (
    mode: WayIn['clientCertificates'],
    over: Partial<RingfenceApi> = {},
    through: WayIn['through'] = 'gateway',
  ) =>
    mockRingfenceApi({
      getDatabase: jest.fn(async () => ({
        ...database,
        wayIn: { through, clientCertificates: mode },
      })),
      ...over,
    });

  it("puts a team's client certificate into the bundle where that is picked", async () => {
    const { api, user } = await openDialog(asking('required'));
    await pick(user, /Client certificate$/, 'Of checkout');
    await user.click(screen.getByRole('button', { name: /^Download o/ }));
    expect(api.downloadBundle).toHaveBeenCalledWith(REF, {
      clientCertificate: 'checkout',
    });
  });

  it('says where none is there and one is needed', async () => {
    await openDialog(
      asking('required', { listClientCertificates: async () => [] }),
    );
    expect(
      await screen.findByText(/lets in nobody without a client certificate/),
    ).toBeVisible();
  });

  it('has no word of a gateway or a mesh where clients dial the nodes', async () => {
    await openDialog(asking('required', {}, 'nodes'));
    expect(
      await screen.findByText(/the Service of the nodes picks one/),
    ).toBeVisible();
    expect(screen.queryByText(/as the mesh counts it/)).toBe(null);
    expect(screen.getByText(/tunnel to the database/)).toBeVisible();
  });

  it('names those who still hold a bundle with an outgoing CA', async () => {
    const report = createReports(new Date()).healthy;
    const finding = {
      ...report.findings[0],
      check: 'certificate.holders',
      status: 'warning' as const,
      reason: 'OutgoingCa',
      evidence: { holders: ['user:default/ben, taken 2026-06-01T12:00:00Z'] },
    };
    await openDialog(
      mockRingfenceApi({
        getReport: jest.fn(async () => ({ ...report, findings: [finding] })),
      }),
    );
    expect(await screen.findByText(/^These still hold a bundle/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'ben' })).toBeVisible();
  });

  it('saves the CA as the file that the connection names', async () => {
    const { user } = await openDialog();

    await user.click(
      await screen.findByRole('button', { name: 'Download ca.crt' }),
    );

    expect(saveAs).toHaveBeenCalledWith('ca.crt', expect.any(Blob));
  });

  it('closes on Escape and gives the focus back', async () => {
    const { user } = await openDialog();

    await user.keyboard('{Escape}');

    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Connect' })).toHaveFocus(),
    );
  });

  it("shows the backend's words where access cannot be read, and tries again", async () => {
    const api = mockRingfenceApi();
    api.getAccess.mockRejectedValueOnce(
      await refusal(
        503,
        'ServiceUnavailableError',
        'the gateway has no address',
      ),
    );
    const { user } = await openDialog(api);
    expect(
      await screen.findByText('the gateway has no address'),
    ).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Try again' }));

    expect(await screen.findByText('orders_app')).toBeInTheDocument();
  });

  it('tells who may not connect to ask the owners', async () => {
    const api = mockRingfenceApi();
    api.getAccess.mockRejectedValue(
      await refusal(403, 'NotAllowedError', 'not an owner'),
    );
    await openDialog(api);

    expect(
      await screen.findByText('You may not connect to this database'),
    ).toBeInTheDocument();
  });
});

describe('the password', () => {
  const PASSWORD = 'correct-horse';

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  async function reveal(api = mockRingfenceApi()) {
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    const opened = await openDialog(api, user);
    await user.click(
      await screen.findByRole('button', { name: 'Reveal password' }),
    );
    return opened;
  }

  it('is not asked for before someone wants it', async () => {
    const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
    const { api } = await openDialog(undefined, user);
    await screen.findByRole('button', { name: 'Reveal password' });

    expect(api.revealCredentials).not.toHaveBeenCalled();
    expect(screen.queryByText(PASSWORD)).toBe(null);
  });

  it('is shown, can be copied, and is hidden again after 60 s', async () => {
    const { api } = await reveal();
    expect(await screen.findByText(PASSWORD)).toBeVisible();
    expect(api.revealCredentials).toHaveBeenCalledWith(REF);

    await act(() => jest.advanceTimersByTimeAsync(58_000));
    expect(screen.getByText(PASSWORD)).toBeVisible();
    expect(screen.getByText(/^Hidden again in [12] seconds?$/)).toBeVisible();

    await act(() => jest.advanceTimersByTimeAsync(3_000));
    expect(screen.queryByText(PASSWORD)).toBe(null);
    expect(screen.getByText('Hidden again.')).toBeVisible();
  });

  it('is hidden at once on request', async () => {
    const { user } = await reveal();

    const hide = await screen.findByRole('button', { name: 'Hide now' });
    expect(hide).toHaveFocus();
    await user.click(hide);

    expect(screen.queryByText(PASSWORD)).toBe(null);
  });

  it('is forgotten when the dialog closes', async () => {
    const { user } = await reveal();
    await screen.findByText(PASSWORD);

    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBe(null));
    await user.click(screen.getByRole('button', { name: 'Connect' }));

    await screen.findByRole('button', { name: 'Reveal password' });
    expect(screen.queryByText(PASSWORD)).toBe(null);
  });

  it('says why it could not be revealed', async () => {
    const api = mockRingfenceApi();
    api.revealCredentials.mockRejectedValue(
      await refusal(403, 'NotAllowedError', 'you do not own it'),
    );
    await reveal(api);

    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The password could not be revealed: you do not own it',
    );
  });
});
