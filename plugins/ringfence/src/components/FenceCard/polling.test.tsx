import { act, fireEvent, screen } from '@testing-library/react';
import { resourceOf } from '../../__fixtures__/entities';
import { mockRingfenceApi, renderOnEntity } from '../../__testUtils__/render';
import { POLL_INTERVAL_MS } from '../../hooks/useReportChanges';
import { FenceCard } from './FenceCard';

const entity = resourceOf('orders');

describe('FenceCard over time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const pass = (ms: number) =>
    act(async () => {
      await jest.advanceTimersByTimeAsync(ms);
    });

  function setVisibility(visibility: 'visible' | 'hidden') {
    jest.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
    fireEvent(document, new Event('visibilitychange'));
  }

  it('reads the report again every 15 s, but not while the page is hidden', async () => {
    const api = mockRingfenceApi();
    renderOnEntity(<FenceCard />, { entity, api });
    await pass(1000);
    expect(api.getReport).toHaveBeenCalledTimes(1);

    await pass(POLL_INTERVAL_MS);
    expect(api.getReport).toHaveBeenCalledTimes(2);
    expect(api.getReport).toHaveBeenLastCalledWith(expect.anything(), {
      refresh: false,
    });

    setVisibility('hidden');
    await pass(4 * POLL_INTERVAL_MS);
    expect(api.getReport).toHaveBeenCalledTimes(2);

    setVisibility('visible');
    await pass(0);
    expect(api.getReport).toHaveBeenCalledTimes(3);
  });

  it('keeps what it knew, and says so, where reading again fails', async () => {
    const api = mockRingfenceApi();
    renderOnEntity(<FenceCard />, { entity, api });
    await pass(1000);
    api.getReport.mockRejectedValue(new TypeError('Failed to fetch'));

    await pass(POLL_INTERVAL_MS);

    expect(screen.getByText('Fenced')).toBeInTheDocument();
    expect(
      screen.getByText(/^Could not check again: Failed to fetch/),
    ).toBeInTheDocument();
  });
});
