import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { manyDatabases } from '../../__fixtures__/fleet';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { saveAs } from '../../download';
import { FLEET_PAUSE_MS } from '../../hooks/useFleet';
import { FleetPage } from './FleetPage';

jest.mock('../../download');

const Address = () => <output>{useLocation().search}</output>;

function renderPage(
  options: Parameters<typeof renderOnEntity>[1] = {},
): ReturnType<typeof renderOnEntity> {
  return renderOnEntity(
    <>
      <FleetPage />
      <Address />
    </>,
    options,
  );
}

/** Names of the databases, in the order on the screen. */
async function names(): Promise<string[]> {
  const table = await screen.findByRole('grid', { name: 'Databases' });
  return within(table)
    .getAllByRole('link', { name: /^\S+, \S+\/\S+$/ })
    .map(link => link.textContent!);
}

describe('FleetPage', () => {
  it('lists every database, the worst first, with its state in words', async () => {
    renderPage();

    expect(await names()).toEqual([
      'carts',
      'stock',
      'billing',
      'orders',
      'archive',
    ]);
    expect(screen.getByText('5 databases')).toBeInTheDocument();
    expect(
      screen.getByText('Open: plaintext from "billing/api"'),
    ).toBeInTheDocument();
    expect(screen.getByText('expired 47 hours ago')).toBeInTheDocument();
  });

  it('leads to the page of the database', async () => {
    renderPage();

    expect(
      await screen.findByRole('link', { name: 'carts, eu-1/carts' }),
    ).toHaveAttribute('href', '/catalog/default/resource/eu-1.carts');
  });

  it('finds as one types, and keeps that in the address', async () => {
    const user = userEvent.setup();
    renderPage();

    await user.type(await screen.findByRole('searchbox'), 'eu-1');

    expect(await names()).toEqual(['carts', 'billing']);
    expect(screen.getByText('2 of 5 databases')).toBeInTheDocument();
    expect(screen.getByText('?q=eu-1')).toBeInTheDocument();
  });

  it('narrows by state', async () => {
    const user = userEvent.setup();
    renderPage();
    await user.click(await screen.findByRole('button', { name: /State$/ }));

    await user.click(screen.getByRole('option', { name: 'Failing (1)' }));

    expect(await screen.findByText('1 of 5 databases')).toBeInTheDocument();
    expect(screen.getByText('?state=failing')).toBeInTheDocument();
  });

  it('shows what its address asks for', async () => {
    renderPage({ at: '/?expires=7&sort=-expiry' });

    expect(await names()).toEqual(['billing', 'archive']);
  });

  it('sorts by a column', async () => {
    const user = userEvent.setup();
    renderPage();

    await user.click(
      await screen.findByRole('columnheader', { name: /^Database/ }),
    );

    expect((await names())[0]).toBe('archive');
    expect(screen.getByText('?sort=name')).toBeInTheDocument();
  });

  it('says that nothing matches, and clears what narrows', async () => {
    const user = userEvent.setup();
    renderPage({ at: '/?q=nosuch' });
    expect(await screen.findByText('No database matches')).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Clear filters' }));

    expect(await names()).toHaveLength(5);
  });

  it('exports what is shown, as CSV', async () => {
    const user = userEvent.setup();
    renderPage({ at: '/?state=failing' });

    await user.click(await screen.findByRole('button', { name: 'Export CSV' }));

    const [fileName, content] = jest.mocked(saveAs).mock.calls[0];
    expect(fileName).toMatch(/^databases-\d{4}-\d{2}-\d{2}\.csv$/);
    const csv = await content.text();
    expect(csv).toContain('"eu-1","carts"');
    expect(csv).not.toContain('orders');
  });

  it('draws a page of a thousand, and turns to the next', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi({
      listFleet: jest.fn(async () => manyDatabases(1000)),
    });
    renderPage({ api, at: '/?sort=name' });

    expect(await names()).toHaveLength(25);
    expect(screen.getByText('1–25 of 1000')).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Next table page' }));
    expect((await names())[0]).toBe('db-0025');
  });

  it('shows the way to create the first one', async () => {
    const api = mockRingfenceApi({ listFleet: jest.fn(async () => []) });
    renderPage({ api });

    expect(await screen.findByText('No databases yet')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'Create a database' }),
    ).toHaveAttribute('href', '/create?filters[tags]=ringfence');
  });

  it('says that listing is not permitted', async () => {
    const error = await refusal(403, 'NotAllowedError', 'no');
    const api = mockRingfenceApi({
      listFleet: jest.fn().mockRejectedValue(error),
    });
    renderPage({ api });

    expect(
      await screen.findByText('You may not list databases'),
    ).toBeInTheDocument();
  });

  it('says why it failed, and tries again', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi();
    api.listFleet.mockRejectedValueOnce(
      await refusal(503, 'ServiceUnavailableError', 'not started'),
    );
    renderPage({ api });
    expect(await screen.findByText('not started')).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Try again' }));

    expect(await names()).toHaveLength(5);
  });
});

describe('FleetPage over time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('reads again once, however many reports change at once', async () => {
    let report: (message: any) => void = () => {};
    const signals = {
      subscribe: (_channel: string, listener: (message: any) => void) => {
        report = listener;
        return { unsubscribe: () => {} };
      },
    };
    const api = mockRingfenceApi();
    renderPage({ api, signals });
    await waitFor(() => expect(api.listFleet).toHaveBeenCalledTimes(1));

    await act(async () => {
      report({ id: '01' });
      report({ id: '02' });
      await jest.advanceTimersByTimeAsync(FLEET_PAUSE_MS);
    });

    expect(api.listFleet).toHaveBeenCalledTimes(2);
  });
});
