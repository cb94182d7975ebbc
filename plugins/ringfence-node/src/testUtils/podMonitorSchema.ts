const text = { type: 'string' };
const labels = { type: 'object', additionalProperties: text };

/** A JSON schema of an object with these fields and no others. */
function object(properties: object, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false };
}

/**
 * A PodMonitor, as far as blueprints use it: stricter than the API server,
 * which also takes what is not used here. The tests on a real control plane
 * apply it to the whole definition.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export const podMonitorSchema = object(
  {
    apiVersion: { const: 'monitoring.coreos.com/v1' },
    kind: { const: 'PodMonitor' },
    metadata: { type: 'object' },
    spec: object(
      {
        selector: object({ matchLabels: labels }, ['matchLabels']),
        podMetricsEndpoints: {
          type: 'array',
          minItems: 1,
          items: object(
            {
              port: text,
              path: text,
              relabelings: {
                type: 'array',
                items: object({
                  action: { enum: ['replace', 'keep', 'drop'] },
                  targetLabel: text,
                  replacement: text,
                }),
              },
            },
            ['port'],
          ),
        },
      },
      ['selector', 'podMetricsEndpoints'],
    ),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);
