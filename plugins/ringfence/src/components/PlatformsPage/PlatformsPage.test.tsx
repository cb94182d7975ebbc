import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { platforms } from '../../__fixtures__/access';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { PlatformsPage } from './PlatformsPage';

async function platform(name: string) {
  return within(await screen.findByRole('region', { name }));
}

describe('PlatformsPage', () => {
  it.each([
    ['eu-1', 'Takes every blueprint'],
    ['sandbox', 'Takes every blueprint'],
    ['us-2', 'Takes 1 of 2 blueprints'],
    ['legacy', 'Not usable'],
  ])('says of %s: %s', async (name, words) => {
    renderOnEntity(<PlatformsPage />);

    expect((await platform(name)).getByText(words)).toBeInTheDocument();
  });

  it('shows what one can do', async () => {
    renderOnEntity(<PlatformsPage />);
    const eu = await platform('eu-1');

    expect(eu.getByText('v1.36.3')).toBeInTheDocument();
    expect(eu.getByText('1.31.1')).toBeInTheDocument();
    expect(eu.getByText('standard (default)')).toBeInTheDocument();
  });

  it('says what one lacks for which blueprint, with the command that mends it', async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    renderOnEntity(<PlatformsPage />);
    const us = await platform('us-2');
    const [scylla, cassandra] = us.getAllByRole('heading', { level: 4 });
    expect(scylla).toHaveTextContent('lacks 2 things');
    expect(cassandra).toHaveTextContent('can be created here');

    await user.click(us.getAllByRole('button', { name: 'Copy command' })[1]);

    expect(written).toHaveBeenCalledWith(
      'istioctl install --set profile=ambient',
    );
  });

  it('says why one is not usable, and judges it no further', async () => {
    renderOnEntity(<PlatformsPage />);
    const legacy = await platform('legacy');

    expect(
      legacy.getByText(/credentials are of type google/),
    ).toBeInTheDocument();
    expect(legacy.queryByText(/can be created here/)).toBe(null);
  });

  it('does not call fine what nobody has looked at', async () => {
    const [eu] = platforms;
    const api = mockRingfenceApi({
      listPlatforms: jest.fn(async () => [{ ...eu, requirements: {} }]),
    });
    renderOnEntity(<PlatformsPage />, { api });

    expect(
      (await platform('eu-1')).getAllByText(/could not be judged/),
    ).toHaveLength(2);
  });

  it('looks again once something was mended', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi();
    renderOnEntity(<PlatformsPage />, { api });

    await user.click(await screen.findByRole('button', { name: 'Look again' }));

    expect(api.listPlatforms).toHaveBeenCalledTimes(2);
  });

  it('says where to configure the first one', async () => {
    const api = mockRingfenceApi({ listPlatforms: jest.fn(async () => []) });
    renderOnEntity(<PlatformsPage />, { api });

    expect(
      await screen.findByText(/ringfence\.kubernetesClusters/),
    ).toBeInTheDocument();
  });

  it.each([
    [403, 'NotAllowedError', 'You may not list Kubernetes clusters'],
    [503, 'ServiceUnavailableError', 'not started'],
  ])('shows an answer of %i', async (status, name, words) => {
    const error = await refusal(status, name, 'not started');
    const api = mockRingfenceApi({
      listPlatforms: jest.fn().mockRejectedValue(error),
    });
    renderOnEntity(<PlatformsPage />, { api });

    expect(await screen.findByText(words)).toBeInTheDocument();
  });
});
