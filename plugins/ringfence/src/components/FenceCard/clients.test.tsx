import { act, screen } from '@testing-library/react';
import { clientOf, resourceOf } from '../../__fixtures__/entities';
import { mockRingfenceApi, renderOnEntity } from '../../__testUtils__/render';
import { createReports } from '../../__fixtures__/reports';
import { FenceCard } from './FenceCard';

const entity = resourceOf('orders');

describe('FenceCard on a client', () => {
  it('is worded from its side, and links to the database', async () => {
    renderOnEntity(<FenceCard />, {
      entity: clientOf('sandbox.orders'),
      catalog: [entity],
    });

    expect(
      await screen.findByRole('heading', { name: 'Your way to it is fenced' }),
    ).toBeInTheDocument();
    expect(screen.getByText('Product pages depends on it')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'Database orders' }),
    ).toHaveAttribute('href', '/catalog/default/resource/sandbox.orders');
    expect(screen.getByRole('button', { name: 'Connect' })).toBeVisible();
  });

  it('leaves mending to the owner', async () => {
    renderOnEntity(<FenceCard />, {
      entity: clientOf('sandbox.orders'),
      catalog: [entity],
      api: mockRingfenceApi({
        getReport: jest.fn(async () => createReports(new Date()).failing),
      }),
    });

    expect(
      await screen.findByText(/This can affect Product pages\./),
    ).toBeInTheDocument();
    expect(screen.getByText(/Its owner can mend it:/)).toBeInTheDocument();
    expect(
      await screen.findByRole('link', { name: 'payments' }),
    ).toBeInTheDocument();
  });

  it('shows one card for each database that it depends on', async () => {
    const api = mockRingfenceApi({
      getReport: jest.fn(async ({ namespace }) => ({
        ...createReports(new Date()).healthy,
        name: namespace,
      })),
    });
    renderOnEntity(<FenceCard />, {
      entity: clientOf('sandbox.orders', 'sandbox.shop', 'bucket'),
      catalog: [entity, resourceOf('shop')],
      api,
    });

    expect(await screen.findByText('Database orders')).toBeInTheDocument();
    expect(await screen.findByText('Database shop')).toBeInTheDocument();
    expect(api.getReport).toHaveBeenCalledTimes(2);
  });

  it('shows nothing where it depends on other Resources only', async () => {
    const api = mockRingfenceApi();
    renderOnEntity(
      <>
        <span>rest of the page</span>
        <FenceCard />
      </>,
      { entity: clientOf('bucket'), catalog: [], api },
    );
    await screen.findByText('rest of the page');
    await act(async () => {});

    expect(screen.queryByText('Database fence')).toBe(null);
    expect(api.getReport).not.toHaveBeenCalled();
  });
});
