import type {
  Blueprint,
  PlatformDefaults,
} from '@ringfence/backstage-plugin-ringfence-node';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without fields that are preset to nothing: they would make a spec another than the stored one. */
function known(preset: Readonly<Record<string, unknown>>) {
  const fields = Object.entries(preset);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/**
 * A spec, as its user wrote it, with what the portal presets for the Kubernetes
 * cluster in the fields that were left out. What the user wrote stays.
 */
export function withPresets(
  spec: unknown,
  blueprint: Blueprint<any>,
  defaults: PlatformDefaults,
): unknown {
  const presets = blueprint.presets?.(defaults);
  if (!presets || !isObject(spec)) return spec;
  const filled = Object.entries(presets).map(([section, preset]) => {
    const written = spec[section] ?? {};
    // What is no object is for the schema to refuse.
    return [
      section,
      isObject(written) ? { ...known(preset), ...written } : written,
    ];
  });
  return { ...spec, ...Object.fromEntries(filled) };
}
