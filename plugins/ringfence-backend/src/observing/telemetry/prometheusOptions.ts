import type { RootConfigService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { PrometheusOptions } from './Prometheus';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Where `ringfence.prometheus` says that telemetry is collected.
 *
 * @returns undefined where it says nothing
 * @throws InputError where it is no URL, or no name of a label
 */
export function prometheusOptions(
  config: RootConfigService,
): PrometheusOptions | undefined {
  const section = config.getOptionalConfig('ringfence.prometheus');
  if (!section) return undefined;
  const url = section.getString('url');
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new InputError(
      `ringfence.prometheus.url: expected an http or https URL, got "${url}"`,
    );
  }
  const clusterLabel = section.getOptionalString('clusterLabel');
  if (clusterLabel !== undefined && !LABEL_NAME.test(clusterLabel)) {
    throw new InputError(
      `ringfence.prometheus.clusterLabel: expected the name of a label, got "${clusterLabel}"`,
    );
  }
  return { url, ...(clusterLabel && { clusterLabel }) };
}
