import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { platforms } from '../../__fixtures__/access';
import {
  mockRingfenceApi,
  refusal,
  renderOnEntity,
} from '../../__testUtils__/render';
import { KubernetesClusterPicker } from './KubernetesClusterPicker';

type Props = Parameters<typeof KubernetesClusterPicker>[0];

function renderPicker(props: Partial<Props> = {}, api = mockRingfenceApi()) {
  const onChange = jest.fn();
  renderOnEntity(
    <KubernetesClusterPicker
      {...({
        schema: {},
        uiSchema: {},
        required: true,
        onChange,
        ...props,
      } as unknown as Props)}
    />,
    { api },
  );
  return { api, onChange };
}

describe('KubernetesClusterPicker', () => {
  it('offers those that can take the database, and those alone', async () => {
    renderPicker();

    expect(await screen.findByRole('radio', { name: 'eu-1' })).toBeEnabled();
    expect(screen.getByRole('radio', { name: 'sandbox' })).toBeEnabled();
    expect(screen.getByRole('radio', { name: 'us-2' })).toBeDisabled();
    expect(screen.getByRole('radio', { name: 'legacy' })).toBeDisabled();
  });

  it('hands the chosen one to the form', async () => {
    const user = userEvent.setup();
    const { onChange } = renderPicker();

    await user.click(await screen.findByRole('radio', { name: 'sandbox' }));

    expect(onChange).toHaveBeenCalledWith('sandbox');
  });

  it('says what one lacks, with the command that mends it', async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    renderPicker();
    expect(
      await screen.findByText(/no ztunnel runs in "istio-system"/),
    ).toBeInTheDocument();

    await user.click(
      screen.getAllByRole('button', { name: 'Copy command' })[1],
    );

    expect(written).toHaveBeenCalledWith(
      'istioctl install --set profile=ambient',
    );
  });

  it('shows a note without refusing for it', async () => {
    renderPicker();

    expect(
      await screen.findByText(/ScyllaDB needs it at 1048576/),
    ).toBeInTheDocument();
    expect(screen.getByRole('radio', { name: 'sandbox' })).toBeEnabled();
  });

  it('asks for the requirements of the blueprint that the template names', async () => {
    renderPicker({
      uiSchema: { 'ui:options': { blueprint: 'other' } } as Props['uiSchema'],
    });

    expect(await screen.findByRole('radio', { name: 'us-2' })).toBeEnabled();
  });

  it('takes the only one that there is to take', async () => {
    const { onChange } = renderPicker(
      {},
      mockRingfenceApi({
        listPlatforms: jest.fn(async () => [platforms[0], platforms[2]]),
      }),
    );
    await screen.findByRole('radio', { name: 'eu-1' });

    expect(onChange).toHaveBeenCalledWith('eu-1');
  });

  it('takes none by itself where there is a choice', async () => {
    const { onChange } = renderPicker();
    await screen.findByRole('radio', { name: 'eu-1' });

    expect(onChange).not.toHaveBeenCalled();
  });

  it('looks again once something was mended', async () => {
    const user = userEvent.setup();
    const { api } = renderPicker();

    await user.click(await screen.findByRole('button', { name: 'Look again' }));

    expect(api.listPlatforms).toHaveBeenCalledTimes(2);
  });

  it('says that none can take it', async () => {
    const api = mockRingfenceApi({
      listPlatforms: jest.fn(async () => platforms.slice(2)),
    });
    renderPicker({}, api);

    expect(
      await screen.findByText(/None of them can take this database yet/),
    ).toBeInTheDocument();
  });

  it('shows the errors of the form', async () => {
    renderPicker({ rawErrors: ['is a required property'] });

    expect(await screen.findByRole('alert')).toHaveTextContent(
      'is a required property',
    );
  });

  it('shows a skeleton while it asks', async () => {
    const api = mockRingfenceApi({
      listPlatforms: jest.fn(() => new Promise<never>(() => {})),
    });
    renderPicker({}, api);

    expect(
      await screen.findByText(/^Asking the Kubernetes clusters/),
    ).toBeInTheDocument();
  });

  it('says why they could not be listed, and tries again', async () => {
    const user = userEvent.setup();
    const api = mockRingfenceApi();
    api.listPlatforms.mockRejectedValueOnce(
      await refusal(503, 'ServiceUnavailableError', 'not started'),
    );
    renderPicker({}, api);
    expect(await screen.findByText('not started')).toBeInTheDocument();

    await user.click(screen.getByRole('button', { name: 'Try again' }));

    expect(await screen.findByRole('radio', { name: 'eu-1' })).toBeEnabled();
  });

  it('says where to configure the first one', async () => {
    renderPicker(
      {},
      mockRingfenceApi({ listPlatforms: jest.fn(async () => []) }),
    );

    expect(
      await screen.findByText(/ringfence\.kubernetesClusters/),
    ).toBeInTheDocument();
  });
});
